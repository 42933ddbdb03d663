# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_split import SplitCommon


@tagged("post_install", "-at_install")
class TestSplitPurchase(SplitCommon):
    def test_make_to_order_line_stays(self):
        """C7: its own procurement covers it, so that it is not on backorder."""
        product = self._create_bought_to_order()
        order = self._confirm_backordered((product, 5))
        child = self._split(order)
        self.assertEqual(child.order_line.product_id, self.backorderable)
        self.assertEqual(self._get_quantities(order)[product], 5)
