# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_permissions import ReadingCommon


@tagged("post_install", "-at_install")
class TestReservationReading(ReadingCommon):
    def test_own_documents_only(self):
        """C10: soft reservations for customers of others are not readable."""
        self._set_stock(self.protected, 50)
        reservation = self._as("sales", self.env["stock.soft.reservation"]).create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 1,
                "partner_id": self.customer.id,
            }
        )
        mine = reservation.with_user(self.own_only)
        self.assertFalse(mine.search([("id", "in", reservation.ids)]))
        with self.assertRaises(AccessError):
            mine.read()
        reservation.with_user(self.users["sales"]).read()
        reservation.with_user(self.users["viewer"]).read()
        reservation.sudo().user_id = self.own_only
        mine.read()
