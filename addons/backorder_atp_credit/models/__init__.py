# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event
from . import backorder_override
from . import backorder_threshold
from . import credit_impact_mixin
from . import res_partner
from . import sale_order_credit
from . import sale_order_credit_limit
from . import sale_order_credit_growth
from . import sale_order_line
from . import res_company
from . import res_config_settings
