# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_archive
from . import test_export
from . import test_seal
from . import test_seal_concurrency
from . import test_uninstall
