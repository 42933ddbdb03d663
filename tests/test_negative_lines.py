# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestNegativeLines(BackorderCommon):
    """A negative line announces a return, as in Odoo, and adds no stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.protected, 5)

    def test_negative_line_hides_no_shortage(self):
        """B3: an expected return is not available to another line of the order."""
        for quantities in ((6, -1000), (-1000, 6)):
            order = self._create_order(*((self.protected, one) for one in quantities))
            with self.assertRaisesRegex(UserError, "available 5"):
                self._as("sales", order).action_confirm()
            self.assertEqual(order.state, "draft")

    def test_negative_order_makes_no_room_for_others(self):
        """B1, B3: until the goods are back, no other order gets them."""
        self._confirm((self.protected, -1000))
        self.assertEqual(self._get(self.protected), 5)
        with self.assertRaisesRegex(UserError, "available 5"):
            self._as("sales", self._create_order((self.protected, 6))).action_confirm()
        self.assertEqual(self._confirm((self.protected, 5)).state, "sale")

    def test_negative_line_added_to_a_confirmed_order(self):
        """B4: a negative line, added or written, does not allow another line to be
        increased."""
        order = self._as("sales", self._confirm((self.protected, 5)))
        line = order.order_line
        returned = {"product_id": self.protected.id, "product_uom_qty": -1000}
        with self.assertRaisesRegex(UserError, "available 0"):
            order.write(
                {
                    "order_line": [
                        Command.create(returned),
                        Command.update(line.id, {"product_uom_qty": 6}),
                    ]
                }
            )
        order.order_line = [Command.create(returned)]
        with self.assertRaisesRegex(UserError, "available 0"):
            line.product_uom_qty = 6
        with self.assertRaisesRegex(UserError, "available 0"):
            order.order_line = [Command.create({**returned, "product_uom_qty": 1})]
        self.assertEqual(self._get(self.protected), 0)

    def test_negative_line_made_positive(self):
        """B4: a confirmed return changed to a delivery is checked in full."""
        line = self._as("sales", self._confirm((self.protected, -3))).order_line
        with self.assertRaisesRegex(UserError, "available 5"):
            line.product_uom_qty = 6

    def test_negative_line_lowers_no_threshold(self):
        """B5: the request is as large as the shortage, regardless of returns."""
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 9), (self.protected, -1000))
        self._as("sales", order).action_confirm()
        self.assertEqual(order.override_ids.line_ids.mapped("shortage_qty"), [4])

    def test_negative_line_in_another_unit(self):
        """B3: rounding differences between lines never add up to a whole unit."""
        dozen = self.env.ref("uom.product_uom_dozen")
        returned = {
            "product_id": self.protected.id,
            "product_uom_id": dozen.id,
            "product_uom_qty": -100.04,
        }
        order = self._create_order(returned, (self.protected, 6))
        with self.assertRaisesRegex(UserError, "available 5"):
            self._as("sales", order).action_confirm()

    def test_returned_goods_are_stock(self):
        """B1: once received they may be promised."""
        order = self._confirm((self.protected, -3))
        self._validate(order.picking_ids, 3)
        self.assertEqual(order.order_line.qty_delivered, -3)
        self.assertEqual(self._get(self.protected), 8)
