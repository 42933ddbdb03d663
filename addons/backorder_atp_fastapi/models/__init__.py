# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_api
from . import backorder_api_availability
from . import backorder_api_backorder
from . import backorder_api_event
from . import backorder_api_order_values
from . import backorder_api_order
from . import backorder_api_order_list
from . import backorder_api_order_decision
from . import backorder_api_discrepancy
from . import backorder_api_request
from . import backorder_event
from . import backorder_webhook
from . import backorder_webhook_delivery
from . import backorder_webhook_secret
from . import fastapi_endpoint
from . import ir_http
from . import res_config_settings
from . import res_users_apikeys
