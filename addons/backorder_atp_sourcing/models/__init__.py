# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event
from . import backorder_supply
from . import backorder_supply_held
from . import backorder_supply_transfer
from . import product_product_supply
from . import product_product_uncounted
from . import product_substitute
from . import product_template_substitute
from . import product_template_supply
from . import res_company
from . import res_config_settings
from . import sale_order_line_substitute
from . import sale_order_line_supply
from . import sale_order_supply
from . import promise_alternative
from . import promise_alternative_kinds
from . import sale_order_alternative
from . import sale_order_line_alternative
from . import sale_order_line_choice
from . import stock_picking
from . import stock_warehouse
