# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_api
from . import backorder_api_alternative
from . import backorder_api_reservation
from . import backorder_api_customer
from . import backorder_api_goodwill
from . import backorder_api_job
from . import backorder_api_opportunity
from . import backorder_api_shipment
from . import fastapi_endpoint
