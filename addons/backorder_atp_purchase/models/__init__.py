# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import stock_availability
from . import backorder_event
from . import backorder_failure
from . import backorder_overview
from . import backorder_supply_request
from . import backorder_supply_purchase
from . import backorder_supply_purchase_schedule
from . import backorder_product
from . import product_product
from . import product_product_uncounted
from . import product_template
from . import purchase_order
from . import purchase_order_backordered
from . import purchase_order_line
from . import purchase_order_line_expedite
from . import purchase_order_line_served
from . import res_company
from . import res_config_settings
from . import stock_discrepancy
from . import sale_order
from . import sale_order_line
from . import stock_move
from . import stock_picking
from . import stock_quant
from . import stock_rule
from . import stock_warehouse
