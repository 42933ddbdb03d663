# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_alternatives
from . import backorder_alternatives_line
from . import backorder_substitution
from . import backorder_substitution_line
from . import backorder_transfer
from . import backorder_transfer_line
from . import backorder_uncounted
