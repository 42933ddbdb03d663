# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp.tests.test_handshake_loopholes import (
    StockBehindTheBackCommon,
)


@tagged("post_install", "-at_install")
class TestReservationLoopholes(StockBehindTheBackCommon):
    """Stock reserved for others cannot be taken."""

    def test_soft_reservation_cannot_be_taken_over(self):
        """E5: no order takes a soft reservation by linking it."""
        reservation = self.env["stock.soft.reservation"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 5,
                "partner_id": self.vendor.id,
            }
        )
        order = self._create_order((self.protected, 5))
        for command in (
            Command.link(reservation.id),
            Command.set(reservation.ids),
            Command.update(reservation.id, {"quantity": 1}),
            Command.delete(reservation.id),
        ):
            with self.assertRaises(AccessError):
                self._as("sales", order).write({"soft_reservation_ids": [command]})
                self.env.flush_all()
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "draft")

    def test_hard_locked_stock_is_not_soft_reserved(self):
        """B2, E5: what cannot be promised cannot be reserved."""
        self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 5,
                "counted_qty": 1,
                "severity": "critical",
            }
        )
        with self.assertRaises(OrderValidationError):
            self._as("sales", self.env["stock.soft.reservation"]).create(
                {
                    "product_id": self.protected.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 2,
                }
            )
