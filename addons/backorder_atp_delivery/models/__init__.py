# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event
from . import delivery_carrier
from . import delivery_carrier_warehouse
from . import sale_order
from . import sale_order_line
from . import stock_move
from . import stock_picking
from . import stock_picking_fulfilment
