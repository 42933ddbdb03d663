# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_customer_message
from . import backorder_customer_message_reminder
from . import backorder_event
from . import mail_activity
from . import sale_order_line_substitute
from . import sale_order_line_timeline
from . import res_company
from . import res_company_portal
from . import res_config_settings
from . import res_config_settings_portal
from . import sale_order_customer
from . import sale_order_line_portal
from . import sale_order_goodwill
from . import sale_order_portal
from . import sale_order_line_goodwill
from . import stock_picking
from . import backorder_overview
