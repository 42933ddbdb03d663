# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_customer_messages
from . import test_goodwill
from . import test_portal
from . import test_bad_data
from . import test_permissions
