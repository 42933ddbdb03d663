# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp_product_expiry.tests.test_expiry import ExpiryCommon


@tagged("post_install", "-at_install")
class TestExpiryReservation(ExpiryCommon):
    """What expired is not reserved for anybody."""

    def test_expired_lot_cannot_be_held(self):
        """E5: a hold takes only what may be promised."""
        self._put(self.yoghurt, 5, -1)
        hold = {
            "product_id": self.yoghurt.id,
            "warehouse_id": self.warehouse.id,
            "partner_id": self.customer.id,
            "quantity": 5,
        }
        with self.assertRaisesRegex(OrderValidationError, "Yoghurt"):
            self.env["stock.soft.reservation"].create(hold)
