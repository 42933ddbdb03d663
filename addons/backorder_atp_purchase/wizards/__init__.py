# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_expedite
from . import backorder_expedite_line
from . import backorder_purchase
from . import backorder_purchase_line
from . import backorder_uncounted
