# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_sourcing.tests.test_resolving_tours import (
    ResolvingToursCommon,
)


@tagged("post_install", "-at_install", "is_tour")
class TestResolvingToursPurchase(ResolvingToursCommon):
    def test_manager_buys_a_shortage(self):
        """D5: from the board, through the proposal, to the request for quotation."""
        self.users["manager"].group_ids += self.env.ref("purchase.group_purchase_user")
        self._confirm((self.backorderable, 10))
        self._start("backorder_atp_emergency_purchase", "manager")
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        self.assertEqual((line.product_qty, line.order_id.priority), (12, "1"))
