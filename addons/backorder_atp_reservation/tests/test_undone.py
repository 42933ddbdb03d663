# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_undone import UndoneCommon


@tagged("post_install", "-at_install")
class TestUndone(UndoneCommon):
    """Reservations that are rolled back."""

    def _reserve(self, product, quantity):
        return self.env["stock.soft.reservation"].create(
            {
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "quantity": quantity,
                "partner_id": self.vendor.id,
            }
        )

    def _create_delivery(self):
        customers = self.env.ref("stock.stock_location_customers")
        picking = self._create_picking(
            self.warehouse.out_type_id, self.stock, customers, (self.protected, 5)
        )
        picking.action_assign()
        return picking

    def test_reservation_that_was_not_released_after_all(self):
        """E5: stock stays reserved for its customer when the release is undone."""
        self._set_stock(self.protected, 5)
        reservation = self._reserve(self.protected, 5)
        with self._undone():
            reservation.action_release("changed our mind")
            self.assertEqual(self._create_delivery().move_ids.quantity, 5)
        picking = self._create_delivery()
        self.assertEqual(reservation.state, "active")
        self.assertFalse(picking.move_ids.quantity)
