# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_audit
from . import test_alerts
from . import test_availability
from . import test_availability_property
from . import test_backorder_state
from . import test_board
from . import test_concurrency
from . import test_discrepancy
from . import test_emergency_purchase
from . import test_dashboard
from . import test_customer_messages
from . import test_event_log
from . import test_expected_date
from . import test_hold
from . import test_expedite
from . import test_installation
from . import test_loopholes
from . import test_explanation
from . import test_negative_stock
from . import test_override
from . import test_policy
from . import test_projection
from . import test_promise_property
from . import test_promise_processing
from . import test_reports
from . import test_promise_date
from . import test_retry
from . import test_roles
from . import test_rollout
from . import test_substitutes
from . import test_tours
from . import test_transfer
from . import test_unmatched
from . import test_verdict
from . import test_warehouse_choice
