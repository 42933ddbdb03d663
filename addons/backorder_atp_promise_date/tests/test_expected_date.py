# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .test_promise_date import PromiseCommon


class ExpectedDateCommon(PromiseCommon):
    def _get_expected(self, order):
        self._check_promises()
        return order.expected_fulfilment_date, order.is_fulfilment_date_confirmed


@tagged("post_install", "-at_install")
class TestExpectedDate(ExpectedDateCommon):
    def test_current_promised_date_is_expected(self):
        """E7: the date of the receipt that completes the quantity, also a new one."""
        self._expect(self.product, 3, 4)
        receipt = self._expect(self.product, 3, 8)
        order = self._confirm((self.product, 5))
        self.assertEqual(self._get_expected(order), (self._in(8), True))
        receipt.move_ids.date = self._noon(11)
        self.assertEqual(self._get_expected(order), (self._in(11), True))

    def test_passed_promised_date_is_not_expected(self):
        """E7: no date is expected when the promised one has passed."""
        order = self._confirm((self.product, 5))
        order.order_line.sudo().promised_date = self._in(-1)
        self.assertEqual(
            (order.expected_fulfilment_date, order.is_fulfilment_date_confirmed),
            (False, False),
        )

    def test_allocated_order_has_no_expected_date(self):
        """E7: an allocated order has no expected date."""
        self._expect(self.product, 5, 4)
        order = self._confirm((self.product, 5))
        self._receive(self.product, 5)
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(self._get_expected(order), (False, False))
