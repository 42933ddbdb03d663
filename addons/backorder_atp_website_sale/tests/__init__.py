# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_browser
from . import test_cart_reservation
from . import test_payment
from . import test_shop
from . import test_shop_concurrency
