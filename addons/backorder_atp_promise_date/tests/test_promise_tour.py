# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_tours import QUOTATIONS, TourCommon


@tagged("post_install", "-at_install", "is_tour")
class TestPromiseTour(TourCommon):
    def test_line_shows_its_promise(self):
        """B5: a click on the promise of a line shows how much is short."""
        self._start("backorder_atp_promise", "manager", QUOTATIONS)
