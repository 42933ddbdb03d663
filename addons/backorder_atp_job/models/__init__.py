# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event_reconcile
from . import backorder_failure
from . import backorder_job
from . import backorder_job_progress
from . import backorder_job_line
from . import backorder_job_reconcile
from . import backorder_job_line_reconcile
from . import sale_order_fulfilment
from . import sale_order_reconcile
from . import sale_order_reconcile_difference
from . import sale_order_line_reconcile
