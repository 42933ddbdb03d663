# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .bad_screens_common import BadScreensCommon


@tagged("post_install", "-at_install")
class TestBadScreens(BadScreensCommon):
    def test_every_screen_opens_with_a_bad_record(self):
        """C5, C11: each list, form, dialog, chart and printed page opens."""
        self._assert_every_screen_opens(["backorder_atp"])
