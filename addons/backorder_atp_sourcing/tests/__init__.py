# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_alternatives
from . import test_free_stock
from . import test_misplaced
from . import test_resolving_tours
from . import test_substitutes
from . import test_transfer
