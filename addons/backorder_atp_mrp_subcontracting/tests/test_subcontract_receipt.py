# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestSubcontractReceipt(BackorderCommon):
    """Goods that a subcontractor makes of two components each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backorder_responsible_id = cls.users["manager"]
        cls.place = cls.company.subcontracting_location_id
        cls.subcontractor = cls.env["res.partner"].create({"name": "Subcontractor"})

    def _create_made_outside(self, name):
        component = self._create_product(f"Part of {name}")
        product = self._create_product(name)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "subcontract",
                "subcontractor_ids": [Command.link(self.subcontractor.id)],
                "bom_line_ids": [
                    Command.create({"product_id": component.id, "product_qty": 2})
                ],
            }
        )
        return product, component

    def _order_outside(self, product, quantity):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.subcontractor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 1,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase.picking_ids

    def _get_all_events(self, *products):
        return self.events.search(
            [
                ("product_id", "in", [product.id for product in products]),
                ("event_type", "=like", "inventory.%"),
            ]
        )

    def test_receipt_is_no_shortage(self):
        """A3, A4: production and receipt in one step are no shortage."""
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            product, component = self._create_made_outside(f"Made Outside, {phase}")
            self._set_stock(component, 20, self.place)
            receipt = self._order_outside(product, 10)
            self._validate(receipt, 10)
            self.assertEqual(receipt.state, "done")
            self.assertEqual(self._get(product), 10)
            self.assertFalse(self._get_all_events(product, component))

    def test_receipt_by_another_program(self):
        """A3: also if it is validated by another program."""
        product, component = self._create_made_outside("Made Outside")
        self._set_stock(component, 20, self.place)
        receipt = self._order_outside(product, 10)
        receipt.move_ids.quantity = 10
        receipt.move_ids.picked = True
        receipt._action_done()
        self.assertEqual(receipt.state, "done")
        self.assertFalse(self._get_all_events(product, component))

    def test_backorderable_receipt_sells_nothing_below_zero(self):
        """A4: with backorders allowed, it is no sale below zero either."""
        product, component = self._create_made_outside("Made Outside")
        (product | component).allow_backorder = "yes"
        self._set_stock(component, 20, self.place)
        self._validate(self._order_outside(product, 10), 10)
        self.assertFalse(self._get_all_events(product, component))

    def test_subcontractor_used_what_the_books_did_not_have(self):
        """A3, A4: it is booked, and the responsible user is notified."""
        product, component = self._create_made_outside("Made Outside")
        self._set_stock(component, 5, self.place)
        receipt = self._order_outside(product, 10)
        self._validate(receipt, 10)
        self.assertEqual(receipt.state, "done")
        self.assertEqual(self._get(product), 10)
        event = self._get_all_events(component)
        self.assertEqual(event.event_type, "inventory.oversold")
        self.assertEqual(event.payload["new_stock"], -15)
        self.assertEqual(
            component.product_tmpl_id.activity_ids.user_id, self.users["manager"]
        )
        self.assertFalse(self._get_all_events(product))

    def test_part_of_a_receipt(self):
        """A3: four of ten are received, the rest is open, no event."""
        product, component = self._create_made_outside("Made Outside")
        self._set_stock(component, 20, self.place)
        receipt = self._order_outside(product, 10)
        receipt.move_ids.quantity = 4
        receipt.move_ids.picked = True
        receipt.with_context(cancel_backorder=False)._action_done()
        self.assertEqual(self._get(product), 4)
        self.assertFalse(self._get_all_events(product, component))

    def test_components_are_not_sent_beyond_stock(self):
        """A3: a transfer of components to the subcontractor is refused."""
        _product, component = self._create_made_outside("Made Outside")
        transfer = self._create_picking(
            self.warehouse.int_type_id, self.stock, self.place, (component, 2)
        )
        with self.assertRaisesRegex(Exception, "requested 2.0, available 0.0"):
            self._validate(transfer, 2)
