# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_fulfilment_job
from . import test_reconcile
from . import test_job_concurrency
from . import test_job_tour
