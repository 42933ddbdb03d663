# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_availability
from . import test_backorder_limit
from . import test_backorder_state
from . import test_bad_data
from . import test_bad_records
from . import test_concurrency
from . import test_discrepancy
from . import test_emergency_purchase
from . import test_expected_date
from . import test_expedite
from . import test_free_stock
from . import test_loopholes
from . import test_needed_purchase
from . import test_permissions
from . import test_projection
from . import test_promise_date
from . import test_resolving_tours
from . import test_retry
from . import test_split
from . import test_transfer
from . import test_verdict
