# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import InsufficientStockError
from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestBatch(BackorderCommon):
    """Transfers validated in a batch are checked together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env.ref("stock.stock_location_customers")

    def _finish_batch(self, *pickings):
        batch = self.env["stock.picking.batch"].create(
            {
                "picking_ids": [(6, 0, [picking.id for picking in pickings])],
                "company_id": self.company.id,
            }
        )
        batch.action_confirm()
        for picking in pickings:
            picking.move_ids.quantity = picking.move_ids.product_uom_qty
            picking.move_ids.picked = True
        batch.action_done()

    def _move(self, product, source, destination, picking_type=None):
        return self._create_picking(
            picking_type or self.warehouse.int_type_id,
            source,
            destination,
            (product, 3),
        )

    def test_goods_pass_through_a_location(self):
        """A3: goods received and shipped in one batch are not short, in any phase."""
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            product = self._create_product(f"Passing, {phase}")
            self._set_stock(product, 3)
            onwards = self._move(product, self.shelf, self.stock)
            before = self._move(product, self.stock, self.shelf)
            self._finish_batch(onwards, before)
            self.assertEqual((onwards | before).mapped("state"), ["done", "done"])
            self.assertFalse(self._get_events("inventory.oversold", product_id=product))

    def test_batch_takes_no_more_than_the_stock(self):
        """A3: a shortage after the whole batch refuses the batch."""
        self._set_stock(self.protected, 3)
        out_type = self.warehouse.out_type_id
        first = self._move(self.protected, self.stock, self.customers, out_type)
        second = self._move(self.protected, self.stock, self.customers, out_type)
        with self.assertRaisesRegex(InsufficientStockError, "requested 6.0"):
            self._finish_batch(first, second)

    def test_salesperson_cancels_an_order(self):
        """C12: without access to the batches of the warehouse."""
        self._set_stock(self.protected, 3)
        order = self._confirm((self.protected, 3), user_id=self.users["sales"].id)
        self.env["stock.picking.batch"].create(
            {
                "picking_ids": [(6, 0, order.picking_ids.ids)],
                "company_id": self.company.id,
            }
        ).action_confirm()
        self._as("sales", order)._action_cancel()
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertEqual(self._get(self.protected), 3)
