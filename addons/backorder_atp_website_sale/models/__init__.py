# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import product_feed
from . import product_product
from . import product_ribbon
from . import product_template
from . import res_config_settings
from . import sale_order
from . import sale_order_line
from . import stock_availability
from . import stock_soft_reservation
from . import website
