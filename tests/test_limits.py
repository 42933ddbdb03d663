# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

ROOT = Path(__file__).resolve().parent.parent


@tagged("post_install", "-at_install")
class TestLimits(BaseCase):
    """Every statement in the list of limits is covered by a test."""

    def test_limits_name_tests_that_exist(self):
        rows = (ROOT / "docs" / "limits.md").read_text().splitlines()
        rows = [row for row in rows if row.startswith("| ") and "`test_" in row]
        self.assertGreater(len(rows), 20)
        tests = "".join(
            path.read_text()
            for pattern in ("tests/test_*.py", "addons/*/tests/test_*.py")
            for path in ROOT.glob(pattern)
        )
        for row in rows:
            for name in re.findall(r"`(test_\w+)`", row):
                with self.subTest(test=name):
                    self.assertIn(f"def {name}(", tests)
