# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_verdict import VerdictCommon


@tagged("post_install", "-at_install")
class TestVerdictPurchase(VerdictCommon):
    def test_made_to_order_passes(self):
        """B3: a line with its own procurement is not short."""
        product = self._create_bought_to_order()
        order = self._confirm((product, 9))
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.backorder_state, "none")
