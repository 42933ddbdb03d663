# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_demo
from . import backorder_demo_order
from . import backorder_demo_alert
from . import backorder_demo_api
from . import backorder_demo_crm
from . import backorder_demo_delivery
from . import backorder_demo_discrepancy
from . import backorder_demo_history
from . import backorder_demo_message
from . import backorder_demo_picture
from . import backorder_demo_run
from . import backorder_event
