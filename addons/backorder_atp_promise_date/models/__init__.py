# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import resource_working_days_mixin
from . import resource_calendar
from . import resource_calendar_attendance
from . import resource_calendar_leaves
from . import stock_availability_projection
from . import stock_availability_projection_query
from . import stock_availability_promise
from . import stock_availability_lead
from . import stock_availability_chart
from . import stock_availability_queue
from . import backorder_event
from . import backorder_failure
from . import backorder_promise_recheck
from . import backorder_retry
from . import stock_promise_guard
from . import res_company
from . import res_config_settings
from . import sale_order_expected
from . import sale_order_line_promise
from . import sale_order_line_promise_recheck
from . import sale_order_line_promise_text
from . import sale_order_promise
from . import sale_order_outlook
from . import sale_order_timeline
from . import sale_order_line_outlook
from . import sale_order_line_expected
from . import stock_move
from . import sale_order_line_split
from . import stock_policy
from . import backorder_policy_mixin
from . import res_company_limit
from . import backorder_product
from . import product_product
from . import product_template
from . import stock_picking
