# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp_product_expiry.tests.test_expiry import ExpiryCommon


@tagged("post_install", "-at_install")
class TestExpiryReservation(ExpiryCommon):
    """Expired stock is not soft reserved."""

    def test_expired_lot_cannot_be_reserved(self):
        """E5: only what can be promised can be reserved."""
        self._put(self.yoghurt, 5, -1)
        values = {
            "product_id": self.yoghurt.id,
            "warehouse_id": self.warehouse.id,
            "partner_id": self.customer.id,
            "quantity": 5,
        }
        with self.assertRaisesRegex(OrderValidationError, "Yoghurt"):
            self.env["stock.soft.reservation"].create(values)
