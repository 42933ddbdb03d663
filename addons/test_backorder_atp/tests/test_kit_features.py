# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_mrp.tests.test_kit import KitCommon


@tagged("post_install", "-at_install")
class TestKitFeatures(KitCommon):
    """Kits in the service level, and stock reserved for them."""

    def test_kit_is_shipped_once_all_components_are(self):
        """B19: an incomplete kit does not fill an order."""
        order = self._confirm((self.kit, 2))
        report = self.env["backorder.service.report"]
        wheels = order.picking_ids.move_ids.filtered(
            lambda move: move.product_id == self.wheel
        )
        wheels.picked = True
        order.picking_ids.with_context(cancel_backorder=False)._action_done()
        self.env.flush_all()
        self.assertEqual(report.browse(order.order_line.id).shipped_qty, 0)
        rest = order.picking_ids.filtered(lambda picking: picking.state != "done")
        self._validate(rest)
        self.env.flush_all()
        self.env.invalidate_all()
        row = report.browse(order.order_line.id)
        self.assertEqual((row.ordered_qty, row.shipped_qty), (2, 2))

    def test_stock_reserved_for_an_order_counts_for_its_kits(self):
        """E5: wheels reserved for the quotation do not hide the shortage of frames."""
        order = self._create_order((self.kit, 2))
        self.env["stock.soft.reservation"].create(
            {
                "product_id": self.wheel.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 10,
                "order_id": order.id,
            }
        )
        row = self.availability.get_availability(self.kit, self.warehouse, order)[
            self.kit.id, self.warehouse.id
        ]
        self.assertEqual(row["displayed"], 3)

    def test_kits_are_accounted_for_by_their_components(self):
        """E8: all stock is accounted for, and the orders reconcile as correct."""
        self.kit.allow_backorder = "yes"
        (self.wheel | self.frame).allow_backorder = "yes"
        order = self._confirm((self.kit, 4))
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertEqual(order.reconcile()["rightCount"], 1)
        self.assertFalse(self.availability._find_differences(self.company))
