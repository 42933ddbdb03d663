# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_alert_totals
from . import test_conservation
from . import test_job_run
from . import test_reservation_promise
from . import test_scheduled_actions
