# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event
from . import customer_inventory
from . import product_pricelist
from . import product_pricelist_item
from . import product_product
from . import res_company
from . import res_config_settings
from . import res_partner
from . import res_partner_pricing
