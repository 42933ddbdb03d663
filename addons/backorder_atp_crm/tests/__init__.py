# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_allocation
from . import test_allocation_report
from . import test_kit_allocation
from . import test_opportunity_quotation
from . import test_release
