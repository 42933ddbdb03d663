# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event
from . import backorder_failure
from . import backorder_alert
from . import backorder_alert_due
from . import backorder_alert_notification
from . import backorder_alert_overview
from . import product_product
from . import product_template
from . import mail_activity
from . import res_company
from . import res_config_settings
from . import sale_order
from . import stock_quant
from . import backorder_alert_conservation
from . import backorder_job
from . import stock_availability_conservation
from . import backorder_overview
