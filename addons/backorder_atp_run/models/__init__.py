# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event
from . import backorder_run
from . import backorder_run_segment
from . import backorder_run_line
from . import backorder_run_simulation
from . import backorder_run_commit
from . import backorder_run_comparison
from . import backorder_retry
from . import sale_order_line
from . import stock_move
from . import backorder_overview
