# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestDropship(BackorderCommon):
    """Goods that a vendor or subcontractor ships to the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls.env.ref("stock_dropshipping.route_drop_shipping")

    def _create_dropshipped(self, name, vendor=None):
        return self._create_product(
            name,
            route_ids=[Command.set(self.route.ids)],
            seller_ids=[Command.create({"partner_id": (vendor or self.vendor).id})],
        )

    def _purchase(self, product):
        purchase = self.env["purchase.order"].search(
            [("order_line.product_id", "=", product.id), ("state", "=", "draft")]
        )
        purchase.button_confirm()
        return purchase.picking_ids

    def test_dropshipped_and_returned(self):
        """B3: no decision, shortage or event, in any phase, including returns."""
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            product = self._create_dropshipped(f"Drop-Shipped, {phase}")
            order = self._confirm((product, 4))
            picking = self._purchase(product)
            self._validate(picking, 4)
            line = order.order_line
            self.assertEqual((line.qty_delivered, line.backorder_qty), (4, 0))
            wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
            wizard.product_return_moves.quantity = 4
            back = self.env["stock.picking"].browse(
                wizard.action_create_returns()["res_id"]
            )
            self._validate(back, 4)
            self.assertFalse(self.events.search([("product_id", "=", product.id)]))

    def test_vendor_ships_more(self):
        """B3, B6: the shipment is booked and logged."""
        product = self._create_dropshipped("Drop-Shipped")
        order = self._confirm((product, 4))
        picking = self._as("operator", self._purchase(product))
        self._validate(picking, 5)
        self.assertEqual(picking.state, "done")
        event = self._get_events("order:over_delivered", order_id=order)
        self.assertEqual(event.quantity, 1)

    def test_subcontractor_ships_to_the_customer(self):
        """A3: produced, consumed and shipped at the same time, in any phase."""
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            maker = self.env["res.partner"].create({"name": f"Maker, {phase}"})
            part = self._create_product(f"Part, {phase}")
            product = self._create_dropshipped(f"Made Outside, {phase}", maker)
            self.env["mrp.bom"].create(
                {
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "type": "subcontract",
                    "subcontractor_ids": [Command.link(maker.id)],
                    "bom_line_ids": [
                        Command.create({"product_id": part.id, "product_qty": 2})
                    ],
                }
            )
            self._set_stock(part, 8, self.company.subcontracting_location_id)
            order = self._confirm((product, 4))
            self._validate(self._purchase(product), 4)
            self.assertEqual(order.order_line.qty_delivered, 4)
            self.assertFalse(
                self.events.search([("product_id", "in", (product | part).ids)])
            )
