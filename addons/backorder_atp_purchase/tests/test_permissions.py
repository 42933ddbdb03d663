# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_override import OverrideCommon


@tagged("post_install", "-at_install")
class TestCancellingPurchase(OverrideCommon):
    def test_salesperson_cancels_a_confirmed_order(self):
        """B3: also if its goods are purchased, in stock, or missing."""
        for product in (self._create_bought_to_order(), self.protected):
            order = self._create_order((product, 1), user_id=self.users["sales"].id)
            self._as("sales", order).action_confirm()
            self.assertEqual(order.state, "sale")
            self.env.invalidate_all()
            self._as("sales", order).action_cancel()
            self.assertEqual(order.state, "cancel")
            self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
