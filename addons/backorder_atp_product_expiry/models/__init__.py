# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import promise_decision
from . import sale_order_line
from . import stock_availability
from . import stock_lot
from . import stock_move_line
from . import stock_quant
