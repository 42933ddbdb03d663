# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from .test_promise_date import PromiseCommon


@tagged("post_install", "-at_install")
class TestExpectedDate(PromiseCommon):
    def _get_expected(self, order):
        self._check_promises()
        return order.expected_fulfilment_date, order.is_fulfilment_date_confirmed

    def test_what_is_promised_now_is_expected(self):
        """E7: the receipt that completes the quantity; a new date is followed."""
        self._expect(self.product, 3, 4)
        receipt = self._expect(self.product, 3, 8)
        order = self._confirm((self.product, 5))
        self.assertEqual(self._get_expected(order), (self._in(8), True))
        receipt.move_ids.date = self._noon(11)
        self.assertEqual(self._get_expected(order), (self._in(11), True))

    def test_without_supply_the_vendors_lead_time_is_no_promise(self):
        """E7: nothing is on its way: the date is not confirmed."""
        self.product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 12})
        ]
        order = self._confirm((self.product, 5))
        self.assertEqual(self._get_expected(order), (self._in(12), False))

    def test_a_promise_whose_day_has_passed_is_no_date(self):
        """E7: nobody knows when it comes."""
        order = self._confirm((self.product, 5))
        order.order_line.sudo().promised_date = self._in(-1)
        self.assertEqual(
            (order.expected_fulfilment_date, order.is_fulfilment_date_confirmed),
            (False, False),
        )

    def test_the_latest_line_that_waits_decides_for_the_order(self):
        """E7: and one line nobody can tell about leaves the order without a date."""
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

    def test_nothing_waits_no_date(self):
        """E7: an order that is allocated has nothing to expect."""
        self._expect(self.product, 5, 4)
        order = self._confirm((self.product, 5))
        self._receive(self.product, 5)
        self._run_checks()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(self._get_expected(order), (False, False))
