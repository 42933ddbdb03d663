# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import (
    InsufficientStockError,
    OrderValidationError,
)
from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestRepair(BackorderCommon):
    """A repair that adds a part, and its order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broken = cls._create_product("Broken")
        cls._set_stock(cls.broken, 5)

    def _create_repair(self, quantity=1):
        return self.env["repair.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "picking_type_id": self.warehouse.repair_type_id.id,
                "product_id": self.broken.id,
                "product_qty": 1,
                "move_ids": [
                    Command.create(
                        {
                            "repair_line_type": "add",
                            "product_id": self.protected.id,
                            "product_uom_qty": quantity,
                        }
                    )
                ],
            }
        )

    def _start(self, repair):
        repair.action_validate()
        repair.action_repair_start()

    def _finish(self, repair):
        part = repair.move_ids.filtered("repair_line_type")
        part.quantity = part.product_uom_qty
        part.picked = True
        repair.action_repair_end()

    def test_order_of_a_finished_repair(self):
        """B3: the part is delivered; the order has no open demand, in any phase."""
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            self._set_stock(self.protected, 1)
            repair = self._create_repair()
            self._start(repair)
            self._finish(repair)
            repair.action_create_sale_order()
            order = repair.sale_order_id
            order.action_confirm()
            self.assertEqual(order.state, "sale")
            self.assertFalse(self._get_events("order:would_block", order_id=order))
            self.assertEqual(order.order_line.backorder_qty, 0)
            self.assertEqual(self._get(self.protected), 0)

    def test_part_is_committed_once(self):
        """B1: repair and order need the same part."""
        self._set_stock(self.protected, 3)
        repair = self._create_repair()
        repair.action_validate()
        repair.action_create_sale_order()
        order = repair.sale_order_id
        order.action_confirm()
        self.assertEqual(self._get(self.protected), 2)
        self.assertEqual(order.order_line.allocated_qty, 1)
        self.assertFalse(order.picking_ids)
        self._start(repair)
        self._finish(repair)
        self.assertEqual(self._get(self.protected), 2)
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(order.order_line.open_qty, 0)

    def test_part_is_raised(self):
        """B4: two instead of one if two are in stock, but not three."""
        self._set_stock(self.protected, 2)
        repair = self._create_repair()
        repair.action_validate()
        repair.action_create_sale_order()
        order = repair.sale_order_id
        order.action_confirm()
        repair.move_ids.product_uom_qty = 2
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(self._get(self.protected), 0)
        with self.assertRaises(OrderValidationError):
            repair.move_ids.product_uom_qty = 3

    def test_part_is_added_to_a_confirmed_order(self):
        """B4: a part added to the repair is added to its order, and checked."""
        self._set_stock(self.protected, 1)
        extra = self._create_product("Extra")
        repair = self._create_repair()
        repair.action_validate()
        repair.action_create_sale_order()
        order = repair.sale_order_id
        order.action_confirm()
        part = {
            "repair_line_type": "add",
            "product_id": extra.id,
            "product_uom_qty": 1,
        }
        with self.assertRaises(OrderValidationError):
            repair.move_ids = [Command.create(part)]
        self._set_stock(extra, 1)
        repair.move_ids = [Command.create(part)]
        self.assertEqual(len(order.order_line), 2)
        self.assertEqual(self._get(extra), 0)

    def test_repair_uses_no_more_than_there_is(self):
        """A3: the repair cannot be finished beyond stock."""
        repair = self._create_repair(2)
        self._start(repair)
        with self.assertRaisesRegex(
            InsufficientStockError, "requested 2.0, available 0.0"
        ):
            self._finish(repair)

    def test_repair_takes_no_reserved_part(self):
        """B3: nor with a part that is reserved for an order."""
        self._set_stock(self.protected, 1)
        order = self._confirm((self.protected, 1))
        repair = self._create_repair()
        self._start(repair)
        with self.assertRaisesRegex(InsufficientStockError, order.name):
            self._finish(repair)
