# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_backorder_state import BackorderStateCommon


@tagged("post_install", "-at_install")
class TestBackorderStatePurchase(BackorderStateCommon):
    def test_drop_shipped_line_takes_no_stock(self):
        """C1: a drop-shipped line is covered by its purchase."""
        route = self._create_drop_ship_route()
        product = self._create_product(
            "Dropped",
            route_ids=[Command.set(route.ids)],
            seller_ids=[Command.create({"partner_id": self.vendor.id})],
        )
        order = self._confirm((product, 4))
        self.assertEqual((order.state, order.backorder_state), ("sale", "none"))
        self.assertEqual(self._get(product, "committed"), 0)

    def test_made_to_order_is_short_only_when_late(self):
        """C1: its own procurement covers the line until it is late."""
        product, order = self._confirm_made_to_order()
        self.assertEqual(order.backorder_state, "none")
        purchase = self.env["purchase.order"].search(
            [("partner_id", "=", self.vendor.id)]
        )
        purchase.button_confirm()
        purchase.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=2)
        order.order_line._recompute_backorders()
        self.assertEqual(order.backorder_state, "backordered")
        self._validate(purchase.picking_ids, 4)
        self.assertEqual(order.backorder_state, "allocated")
