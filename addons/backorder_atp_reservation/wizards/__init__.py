# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import stock_soft_reservation_decision
from . import stock_soft_reservation_wizard
from . import stock_soft_reservation_wizard_line
