# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_tours import TourCommon


@tagged("post_install", "-at_install", "is_tour")
class TestBoardTour(TourCommon):
    def test_operator_fulfils_from_the_board(self):
        """C5, C6: the board shows orders on backorder; one click allocates."""
        order = self._confirm((self.backorderable, 2))
        self._force_stock(self.backorderable, 2)
        self.env.cr.flush()
        self.retries.search([]).unlink()
        self._start("backorder_atp_board", "operator")
        order.invalidate_recordset()
        self.assertEqual(order.backorder_state, "allocated")

    def test_operator_scans_on_the_board(self):
        """C5: from the list and the cards, without a click before."""
        order = self._confirm((self.backorderable, 5))
        order.name = "SCANNED-ORDER"
        self._create_receipt(self.backorderable, 5).name = "SCANNED-RECEIPT"
        self.backorderable.barcode = "4006381333931"
        self._start("backorder_atp_board_scan", "operator")
