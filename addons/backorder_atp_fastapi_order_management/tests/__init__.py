# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_alternatives
from . import test_client
from . import test_collection
from . import test_concurrency
from . import test_customers
from . import test_description
from . import test_goodwill
from . import test_jobs
from . import test_json2
from . import test_opportunities
from . import test_reading
from . import test_reservations
from . import test_shipments
