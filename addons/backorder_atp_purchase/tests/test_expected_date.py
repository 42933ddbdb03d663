# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_promise_date.tests.test_expected_date import (
    ExpectedDateCommon,
)


@tagged("post_install", "-at_install")
class TestExpectedDatePurchase(ExpectedDateCommon):
    def test_order_is_expected_with_its_latest_line(self):
        """E7: the order has no date if one of its lines has none."""
        other = self._create_product("Other", allow_backorder="yes")
        ready = self._create_product("Ready")
        self._set_stock(ready, 1)
        self._expect(self.product, 5, 4)
        self._expect(other, 5, 6)
        order = self._confirm((self.product, 5), (other, 5), (ready, 1))
        self.assertEqual(self._get_expected(order), (self._in(6), True))
        self.assertEqual(
            order.order_line.mapped("expected_fulfilment_date"),
            [self._in(4), self._in(6), False],
        )
        unknown = self._create_product("Unknown", allow_backorder="yes")
        order.order_line = [
            Command.create({"product_id": unknown.id, "product_uom_qty": 1})
        ]
        self.assertEqual(self._get_expected(order), (False, False))

    def test_date_by_lead_time_is_not_confirmed(self):
        """E7: without incoming supply the date is not confirmed."""
        self.product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 12})
        ]
        order = self._confirm((self.product, 5))
        self.assertEqual(self._get_expected(order), (self._in(12), False))
