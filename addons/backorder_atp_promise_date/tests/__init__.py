# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_bad_data
from . import test_expected_date
from . import test_permissions
from . import test_projection
from . import test_projection_chart
from . import test_promise_date
from . import test_promise_outlook
from . import test_promise_tour
from . import test_split
from . import test_product_queue
from . import test_timeline
