# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_promise_date.tests.test_promise_date import PromiseCommon


@tagged("post_install", "-at_install")
class TestReservationPromise(PromiseCommon):
    """Stock reserved for a customer is promised to that customer."""

    def test_soft_reserved_stock_is_promised_to_its_customer(self):
        """E5: for today to that customer, but not to others."""
        self._set_stock(self.product, 5)
        order = self._create_order((self.product, 5))
        rival = self._create_order((self.product, 5))
        self.env["stock.soft.reservation"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 5,
                "order_id": order.id,
            }
        )
        (order + rival).invalidate_recordset()
        self.assertEqual(order.order_line.expected_promise_date, self._in(0))
        self.assertFalse(rival.order_line.is_expected_promise_covered)
