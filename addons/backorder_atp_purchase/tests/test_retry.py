# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_retry import RetryCommon


@tagged("post_install", "-at_install")
class TestRetryPurchase(RetryCommon):
    def test_order_shipped_complete_needs_its_purchase(self):
        """C3: its other goods are reserved once the last of them is received."""
        bought = self._create_bought_to_order()
        self._set_stock(self.backorderable, 2)
        order = self._confirm(
            (self.backorderable, 2), (bought, 1), picking_policy="one"
        )
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 0)
        purchase = order.picking_ids.move_ids.created_purchase_line_ids.order_id
        purchase.button_confirm()
        self._validate(purchase.picking_ids, 1)
        self.assertEqual(order.picking_ids.state, "assigned")
