# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import mrp_production
from . import mrp_unbuild
from . import product_product
from . import sale_order_line
from . import stock_availability
from . import stock_warehouse
