# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_demo
from . import backorder_alert_demo
from . import backorder_discrepancy_demo
