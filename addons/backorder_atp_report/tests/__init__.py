# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_backorder_reports
from . import test_dashboard
from . import test_reports
from . import test_rollout
from . import test_service_level
from . import test_totals
from . import test_bad_data
from . import test_escalation
from . import test_board_tour
from . import test_trends
