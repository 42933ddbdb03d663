# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_alerts
from . import test_bad_data
from . import test_conservation
from . import test_alert_overview
from . import test_alert_tour
from . import test_first_count
