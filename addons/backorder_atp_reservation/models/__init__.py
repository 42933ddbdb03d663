# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import stock_availability
from . import promise_decision
from . import backorder_event
from . import backorder_failure
from . import product_product
from . import product_template
from . import res_company
from . import res_config_settings
from . import sale_order
from . import sale_order_line
from . import sale_order_line_promise
from . import stock_soft_reservation
from . import stock_soft_reservation_ending
from . import stock_soft_reservation_log
from . import stock_soft_reservation_allocation
from . import stock_soft_reservation_claim
from . import stock_move
from . import stock_move_line
from . import backorder_overview
