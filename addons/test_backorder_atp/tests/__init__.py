# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_bad_screens
from . import test_batch
from . import test_dropship
from . import test_expiry_reservation
from . import test_kit_features
from . import test_kit_totals
from . import test_landed_cost
from . import test_pos_reservation
from . import test_tier_validation
from . import test_translations
