# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_bad_data
from . import test_concurrency
from . import test_dark_reservation
from . import test_event_log
from . import test_free_stock
from . import test_soft_reservation
from . import test_loopholes
from . import test_permissions
from . import test_undone
