# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_promise_date.tests.test_promise_date import (
    PromiseDateCommon,
)


@tagged("post_install", "-at_install")
class TestPromiseDatePurchase(PromiseDateCommon):
    def test_a_cancelled_purchase_leaves_the_lead_time(self):
        self.product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 15})
        ]
        order, purchase = self._confirm_with_purchase()
        purchase.button_cancel()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(15))
        self.assertFalse(order.order_line.is_promise_covered)
        self.assertTrue(self._get_events("promise:slipped", order_id=order))

    def test_later_requested_day_is_no_slip(self):
        order, _purchase = self._confirm_with_purchase()
        order.commitment_date = self._noon(20)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(20))
        self.assertFalse(self._get_events("promise:slipped", order_id=order))

    def test_late_receipt_slips_the_promise_automatically(self):
        order, purchase = self._confirm_with_purchase()
        move = purchase.picking_ids.move_ids
        self.env.cr.execute(
            "UPDATE stock_move SET date = %s, promise_receipt_date = NULL"
            " WHERE id = %s",
            [self._noon(-1), move.id],
        )
        order.order_line.sudo().promised_date = self._in(-1)
        self.company.promise_late_supply_offset = 2
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=1.0
        ):
            self.env["backorder.promise.recheck"]._cron_follow_calendar()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(2))
        event = self._get_events("promise:slipped", order_id=order)
        self.assertEqual(event.reason, "A day has passed")

    def test_postponed_purchase_is_a_slip(self):
        """Later: an event with the reason, the first promise stays."""
        order, purchase = self._confirm_with_purchase()
        purchase.order_line.date_planned = self._noon(9)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(9))
        self.assertEqual(order.first_promise_date, self._in(5))
        self.assertEqual(order.promise_slip, 4)
        event = self._get_events("promise:slipped", order_id=order)
        self.assertEqual(len(event), 1)
        self.assertEqual(event.payload["days"], 4)
        self.assertEqual(event.payload["receipts"], [purchase.name])
        self.assertTrue(event.reason)

    def test_a_receipt_moved_by_hand_is_followed_both_ways(self):
        order, purchase = self._confirm_with_purchase()
        move = purchase.picking_ids.move_ids
        move.date = self._noon(8)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(8))
        move.date = self._noon(2)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(2))
        self.assertEqual(len(self._get_events("promise:improved", order_id=order)), 1)

    def test_promised_date_is_not_changed_for_a_small_gain(self):
        self.company.promise_gain_days = 3
        order, purchase = self._confirm_with_purchase()
        purchase.order_line.date_planned = self._noon(3)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(5))
        purchase.order_line.date_planned = self._noon(2)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(2))

    def test_an_order_that_lost_its_supply_is_not_promised_earlier(self):
        """B1: the lead time is shorter, but there is no incoming supply."""
        self.product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 2})
        ]
        order, purchase = self._confirm_with_purchase()
        purchase.button_cancel()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(5))
        self.assertFalse(order.order_line.is_promise_covered)
        self._confirm((self.product, 1))
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(5))

    def test_an_urgent_order_makes_others_slip(self):
        order, _purchase = self._confirm_with_purchase()
        self._buy(self.product, 5, 11)
        urgent = self._create_order((self.product, 5), backorder_priority="urgent")
        urgent.action_confirm()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(11))
        self.assertEqual(urgent.promised_date, self._in(5))

    def test_goods_that_arrive_early_are_an_improvement(self):
        order, purchase = self._confirm_with_purchase()
        self._validate(purchase.picking_ids, 5)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(0))
        event = self._get_events("promise:improved", order_id=order)
        self.assertIn("Receipt", event.reason)

    def test_more_is_never_promised_earlier_than_less(self):
        """B1: an uncovered quantity also takes the stock, and is promised with it."""
        self._sell_by_vendor(4)
        self._expect(self.product, 5, 9)
        one, ten = (
            self._create_order((self.product, quantity)).order_line
            for quantity in (1, 10)
        )
        self.assertEqual(one.expected_promise_date, self._in(9))
        self.assertEqual(ten.expected_promise_date, self._in(9))
        self.assertFalse(ten.is_expected_promise_covered)
        self._sell_by_vendor(12)
        ten.invalidate_recordset()
        self.assertEqual(ten.expected_promise_date, self._in(12))

    def test_only_affected_lines_are_rechecked(self):
        order, _purchase = self._confirm_with_purchase()
        other = self._create_product("Other", allow_backorder="yes")
        self._confirm((other, 3))
        self._check_promises()
        self._receive(other, 1)
        self.env.cr.flush()
        rechecks = self.env["backorder.promise.recheck"].search([])
        self.assertEqual(rechecks.product_id, other)
        lines = self.env.registry["sale.order.line"]
        with patch.object(
            lines, "_check_promise", autospec=True, side_effect=lines._check_promise
        ) as spy:
            rechecks._process()
        checked = {call.args[0].order_id for call in spy.call_args_list}
        self.assertNotIn(order, checked)
        self.assertTrue(checked)

    def test_customer_is_notified_when_the_slip_exceeds_the_tolerance(self):
        """Small slips add up since the last notified date."""
        self.company.promise_slip_days = 3
        order, purchase = self._confirm_with_purchase()
        for days, is_notified in ((7, False), (9, True), (10, False)):
            with self._spy_on_slips() as spy:
                purchase.order_line.date_planned = self._noon(days)
                self._check_promises()
            self.assertEqual(spy.called, is_notified, days)
        self.assertEqual(order.order_line.promise_notified_date, self._in(9))
        self.assertEqual(order.promised_date, self._in(10))

    def test_the_whole_quantity_is_promised_with_its_last_part(self):
        """The parts and their receipts are named."""
        self._set_stock(self.product, 5)
        purchase = self._buy(self.product, 4, 3)
        receipt = self._expect(self.product, 10, 6)
        line = self._create_order((self.product, 12)).order_line
        self.assertEqual(line.expected_promise_date, self._in(6))
        self.assertTrue(line.is_expected_promise_covered)
        self.assertIn(purchase.name, line.expected_promise_source)
        self.assertIn(receipt.name, line.expected_promise_source)
        self.assertIn("5 Units from", line.expected_promise_source)

    def test_make_to_order_line_is_promised_by_its_purchase(self):
        product = self._create_bought_to_order()
        product.seller_ids.delay = 6
        order = self._create_order((product, 2))
        self.assertEqual(order.order_line.expected_promise_date, self._in(6))
        self.assertTrue(order.order_line.is_expected_promise_covered)

    def test_make_to_order_line_slips_with_its_purchase(self):
        product = self._create_bought_to_order()
        product.seller_ids.delay = 6
        order = self._confirm((product, 2))
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(6))
        purchase = self.env["purchase.order"].search(
            [("order_line.product_id", "=", product.id)]
        )
        purchase.button_confirm()
        purchase.order_line.date_planned = self._noon(10)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(10))

    def test_uncovered_quantity_is_promised_by_lead_time(self):
        """Lead time of the vendor selected for the quantity, marked as not covered."""
        self.product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 20, "price": 5}),
            Command.create(
                {"partner_id": self.vendor.id, "delay": 9, "min_qty": 50, "price": 4}
            ),
        ]
        self.company.days_to_purchase = 1
        small, large = (
            self._create_order((self.product, quantity)).order_line
            for quantity in (5, 60)
        )
        self.assertEqual(small.expected_promise_date, self._in(21))
        self.assertEqual(large.expected_promise_date, self._in(10))
        self.assertFalse(small.is_expected_promise_covered)
        self.assertIn("not covered yet", small.expected_promise_source)

    def test_cancelled_make_to_order_purchase_keeps_the_date(self):
        """B1: the lead time is shorter, but nothing is ordered."""
        product = self._create_bought_to_order()
        product.seller_ids.delay = 6
        order = self._confirm((product, 2))
        order.order_line.move_ids.propagate_cancel = False
        purchase = self.env["purchase.order"].search(
            [("order_line.product_id", "=", product.id)]
        )
        purchase.order_line.date_planned = self._noon(10)
        purchase.button_confirm()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(10))
        purchase.picking_ids.move_ids.propagate_cancel = False
        purchase.picking_ids.action_cancel()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(10))
        self.assertFalse(order.order_line.is_promise_covered)

    def test_no_promise_without_supply_and_vendor(self):
        line = self._create_order((self.product, 5)).order_line
        self.assertFalse(line.expected_promise_date)
        self.assertIn("no vendor", line.expected_promise_source)

    def test_order_for_a_later_day_delays_no_other(self):
        """B1: the receipt is needed on a later day only; buying is faster."""
        self._sell_by_vendor(4)
        self._expect(self.product, 5, 9)
        self._confirm((self.product, 5), commitment_date=self._noon(20))
        quoted = self._create_order((self.product, 5))
        self.assertEqual(quoted.expected_promise_date, self._in(4))

    def test_without_any_supply_the_promise_is_marked_as_not_covered(self):
        """Once; the date stays the same."""
        order, purchase = self._confirm_with_purchase()
        purchase.button_cancel()
        self.product.seller_ids.unlink()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(5))
        self.assertFalse(order.order_line.is_promise_covered)
        self._confirm((self.product, 1))
        self._check_promises()
        self.assertEqual(len(self._get_events("promise:uncovered", order_id=order)), 1)
