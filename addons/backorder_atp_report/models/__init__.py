# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_board
from . import backorder_report_catalog
from . import backorder_failure
from . import backorder_rate_mixin
from . import backorder_snapshot
from . import backorder_snapshot_service
from . import res_company_rollout
from . import res_config_settings_rollout
from . import res_company
from . import sale_order
from . import sale_order_line
from . import res_config_settings
from . import ir_actions_report
from . import ir_websocket
from . import backorder_overview
from . import backorder_trend
