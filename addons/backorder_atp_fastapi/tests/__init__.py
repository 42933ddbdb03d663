# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_allocation
from . import test_authentication
from . import test_availability
from . import test_backorders
from . import test_bad_records
from . import test_concurrency
from . import test_contract
from . import test_discrepancies
from . import test_events
from . import test_idempotency
from . import test_order_decisions
from . import test_order_list
from . import test_orders
from . import test_permission_walk
from . import test_totals
from . import test_webhooks
