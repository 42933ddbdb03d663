# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_policy_mixin
from . import stock_promise_guard
from . import stock_availability
from . import stock_availability_explanation
from . import stock_availability_projection
from . import order_validator
from . import backorder_event
from . import backorder_check
from . import backorder_override
from . import backorder_override_line
from . import backorder_override_decision
from . import backorder_override_impact
from . import backorder_threshold
from . import backorder_unmatched_line
from . import crm_team
from . import product_category
from . import product_template
from . import product_product
from . import res_company
from . import res_company_promise
from . import res_config_settings
from . import res_config_settings_promise
from . import sale_order
from . import sale_order_confirmation
from . import sale_order_fulfilment
from . import sale_order_line
from . import sale_order_line_change
from . import stock_level
from . import stock_location
from . import stock_move
from . import stock_move_line
from . import stock_picking
from . import stock_quant
from . import stock_rule
from . import stock_warehouse
