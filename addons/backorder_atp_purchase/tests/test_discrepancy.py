# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_discrepancy import DiscrepancyCommon


@tagged("post_install", "-at_install")
class TestDiscrepancyPurchase(DiscrepancyCommon):
    def _buy(self, quantity, **values):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.protected.id,
                            "product_qty": quantity,
                            **values,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase

    def _receive_purchase(self, picking, quantity, backorder=False):
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(
            skip_backorder=True,
            picking_ids_not_to_backorder=[] if backorder else picking.ids,
        ).button_validate()

    def test_receipt_that_differs(self):
        """B2: too much, and too little without a backorder of the receipt."""
        self.company.discrepancy_all_receipts = True
        for received, backorder, expected in (
            (10, False, None),
            (12, False, 12),
            (7, False, 7),
            (7, True, None),
        ):
            with self.subTest(received=received, backorder=backorder):
                purchase = self._buy(10)
                self._receive_purchase(purchase.picking_ids, received, backorder)
                found = self._find("receipt").filtered(
                    lambda record, line=purchase.order_line: (
                        record.purchase_line_id == line
                    )
                )
                self.assertEqual(found.counted_qty or None, expected)
                if found:
                    self.assertEqual(found.expected_qty, 10)
                    self.assertEqual(found.picking_id, purchase.picking_ids)
                    self.assertIn(purchase.name, found.source)

    def test_receipt_in_another_unit(self):
        """B2: a purchase by the dozen is compared in the product's unit."""
        self.company.discrepancy_all_receipts = True
        purchase = self._buy(2, product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        move = purchase.picking_ids.move_ids
        self._receive_purchase(purchase.picking_ids, move.product_uom_qty * 0.75)
        found = self._find("receipt")
        self.assertEqual((found.expected_qty, found.counted_qty), (24, 18))

    def test_receipt_within_the_thresholds(self):
        """B2: without the setting the thresholds decide."""
        self.company.discrepancy_min_quantity = 2
        self._receive_purchase(self._buy(10).picking_ids, 8)
        self.assertFalse(self._find("receipt"))
        self._receive_purchase(self._buy(10).picking_ids, 7)
        self.assertEqual(self._find("receipt").delta_qty, -3)

    def test_receipt_by_an_operator(self):
        """B2: receiving needs no rights to purchases or discrepancies."""
        self.company.discrepancy_all_receipts = True
        picking = self._as("operator", self._buy(10).picking_ids)
        self.users["operator"].group_ids -= self.env.ref(
            "backorder_atp.group_backorder_operator"
        )
        self._receive_purchase(picking, 7)
        self.assertTrue(self._find("receipt"))
