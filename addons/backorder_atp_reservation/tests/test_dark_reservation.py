# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_dark_reservation import DarkReservationCommon


@tagged("post_install", "-at_install")
class TestDarkReservation(DarkReservationCommon):
    """The dark phase only measures."""

    def test_what_is_soft_reserved_for_others_is_taken_and_recorded(self):
        """B9, E5: a soft reservation stops nothing in the monitor phase."""
        self._set_stock(self.protected, 4)
        self.env["stock.soft.reservation"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "partner_id": self.vendor.id,
                "quantity": 4,
            }
        )
        order = self._confirm((self.protected, 4))
        self.env.cr.flush()
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(
            self._get_events("reservation:taken", order_id=order).quantity, 4
        )
