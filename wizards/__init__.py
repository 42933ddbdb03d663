# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_wizard_mixin
from . import backorder_decision
from . import backorder_reason
from . import stock_discrepancy_decision
from . import backorder_split
from . import backorder_split_line
