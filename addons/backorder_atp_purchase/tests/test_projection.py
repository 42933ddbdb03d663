# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_promise_date.tests.test_projection import (
    ProjectionCommon,
)


@tagged("post_install", "-at_install")
class TestProjectionPurchase(ProjectionCommon):
    def test_make_to_order_receipt_is_no_supply_for_others(self):
        """A receipt for a make-to-order line cannot be promised again."""
        product = self._create_bought_to_order()
        order = self._confirm((product, 6))
        purchase = self.env["purchase.order"].search(
            [("order_line.product_id", "=", product.id)]
        )
        purchase.order_line.product_qty = 10
        purchase.button_confirm()
        self.assertEqual(order.order_line.move_ids.procure_method, "make_to_order")
        self.assertEqual(max(self._get_atp(product).values()), 4)
