# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event
from . import crm_lead_line
from . import crm_lead_line_available
from . import crm_lead
from . import crm_lead_allocation
from . import crm_lead_release
from . import crm_stage
from . import res_company
from . import res_config_settings
from . import sale_order
from . import sale_order_line
from . import stock_soft_reservation
