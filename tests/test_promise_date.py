# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.stock_availability_promise import PromiseRequest
from .test_projection import ProjectionCommon


class PromiseCommon(ProjectionCommon):
    """Works every day, so that days are easy to count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.company.resource_calendar_id
        calendar.attendance_ids = [Command.clear()] + [
            Command.create(
                {
                    "name": f"Day {day}",
                    "dayofweek": str(day),
                    "hour_from": 8,
                    "hour_to": 17,
                }
            )
            for day in range(7)
        ]
        cls.product = cls._create_product("Promised", allow_backorder="yes")

    def _check_promises(self):
        """Do what the scheduled action does, but for its commits."""
        self.env.cr.flush()
        checks = self.env["backorder.promise.check"]
        while batch := checks._take_next():
            batch._process()

    @classmethod
    def _buy(cls, product, quantity, days):
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "company_id": cls.company.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 1,
                            "date_planned": cls._noon(days),
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase


@tagged("post_install", "-at_install")
class TestPromiseDate(PromiseCommon):
    # ------------------------------------------------------------------
    # While typing
    # ------------------------------------------------------------------

    def test_what_is_there_is_promised_for_today(self):
        self._set_stock(self.product, 5)
        line = self._create_order((self.product, 5)).order_line
        self.assertEqual(line.expected_promise_date, self._in(0))
        self.assertTrue(line.is_expected_promise_covered)

    def test_the_whole_quantity_waits_for_its_last_part(self):
        """The parts and the receipts that bring them are named."""
        self._set_stock(self.product, 5)
        purchase = self._buy(self.product, 4, 3)
        receipt = self._expect(self.product, 10, 6)
        line = self._create_order((self.product, 12)).order_line
        self.assertEqual(line.expected_promise_date, self._in(6))
        self.assertTrue(line.is_expected_promise_covered)
        self.assertIn(purchase.name, line.expected_promise_source)
        self.assertIn(receipt.name, line.expected_promise_source)
        self.assertIn("5 Units from", line.expected_promise_source)

    def test_the_date_appears_while_the_quotation_is_typed(self):
        self._expect(self.product, 10, 4)
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 10
                self.assertEqual(line.expected_promise_date, self._in(4))
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 1
        self.assertFalse(form.record.order_line[1].is_expected_promise_covered)

    def test_a_quantity_corrected_while_typing_does_not_count_twice(self):
        """B1: 3 typed and corrected to 2, before the quotation is saved."""
        self._set_stock(self.product, 4)
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 3
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 2
                self.assertEqual(line.promise_available_qty, 4)
                self.assertFalse(line.is_promise_short)
                self.assertEqual(line.expected_promise_date, self._in(0))

    def test_the_catalog_shows_what_the_line_shows(self):
        """B1: not what Odoo calls free; and the order does not compete with itself."""
        self._set_stock(self.product, 9)
        self.env["stock.level"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "buffer_quantity": 2,
            }
        )
        order = self._create_order((self.product, 3))
        action = self._as("sales", order).action_add_from_catalog()
        self.assertTrue(action["context"]["display_promise"])
        product = self._as("sales", self.product).with_context(**action["context"])
        self.assertEqual(product.promise_available_qty, 7)
        self.assertEqual(order.order_line.promise_available_qty, 7)

    def test_other_unsaved_lines_share_what_is_there(self):
        """B1: the line that is corrected leaves the rest to the next one."""
        self._set_stock(self.product, 4)
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            for quantity in (3, 1):
                with form.order_line.new() as line:
                    line.product_id = self.product
                    line.product_uom_qty = quantity
            with form.order_line.edit(1) as line:
                line.product_uom_qty = 2
                self.assertEqual(line.promise_available_qty, 1)
                self.assertTrue(line.is_promise_short)

    def test_a_saved_line_is_corrected_like_a_new_one(self):
        """B1: neither does what is stored compete with what is typed."""
        self._set_stock(self.product, 4)
        order = self._create_order((self.product, 3), (self.product, 1))
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 4
            self.assertEqual(line.promise_available_qty, 4)
            self.assertFalse(line.is_promise_short)

    def test_lines_of_one_order_share_what_is_there(self):
        self._set_stock(self.product, 5)
        self._expect(self.product, 5, 2)
        order = self._create_order((self.product, 4), (self.product, 4))
        self.assertEqual(
            order.order_line.mapped("expected_promise_date"),
            [self._in(0), self._in(2)],
        )
        self.assertEqual(order.expected_promise_date, self._in(2))

    def test_quotations_do_not_compete_with_each_other(self):
        self._set_stock(self.product, 5)
        orders = self._create_order((self.product, 5)) + self._create_order(
            (self.product, 5)
        )
        self.assertEqual(
            set(orders.order_line.mapped("expected_promise_date")), {self._in(0)}
        )

    def test_a_promise_never_robs_a_later_one(self):
        self._expect(self.product, 10, 2)
        self._sell((self.product, 10), 8)
        self._expect(self.product, 10, 9)
        line = self._create_order((self.product, 3)).order_line
        self.assertEqual(line.expected_promise_date, self._in(9))

    def test_units_of_the_line_are_converted(self):
        self._set_stock(self.product, 12)
        self._expect(self.product, 12, 3)
        line = self._create_order(
            {
                "product_id": self.product.id,
                "product_uom_qty": 2,
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            }
        ).order_line
        self.assertEqual(line.expected_promise_date, self._in(3))

    def test_the_customers_day_is_kept_where_it_can_be(self):
        self._set_stock(self.product, 5)
        order = self._create_order((self.product, 5), commitment_date=self._noon(12))
        self.assertEqual(order.order_line.expected_promise_date, self._in(12))

    def test_delivery_lead_time_of_the_product_counts(self):
        self.product.sale_delay = 4
        self._set_stock(self.product, 5)
        line = self._create_order((self.product, 5)).order_line
        self.assertEqual(line.expected_promise_date, self._in(4))

    def test_security_days_come_on_top(self):
        self.company.security_lead = 2
        self._expect(self.product, 5, 3)
        line = self._create_order((self.product, 5)).order_line
        self.assertEqual(line.expected_promise_date, self._in(5))

    def test_nothing_is_promised_for_a_day_off(self):
        """The working calendar of the company, with its public holidays."""
        calendar = self.company.resource_calendar_id
        weekday = str(self._in(3).weekday())
        calendar.attendance_ids.filtered(
            lambda attendance: attendance.dayofweek == weekday
        ).unlink()
        self._close_on(4)
        self._expect(self.product, 5, 3)
        line = self._create_order((self.product, 5)).order_line
        self.assertEqual(line.expected_promise_date, self._in(5))

    def _close_on(self, days, **values):
        return self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime.combine(self._in(days), time.min),
                "date_to": datetime.combine(self._in(days), time(23, 59)),
                **values,
            }
        )

    def _get_promise_of_today(self):
        self._set_stock(self.product, 5)
        return self._create_order((self.product, 5)).order_line.expected_promise_date

    def test_a_holiday_counts_as_soon_as_it_is_entered_moved_or_dropped(self):
        self.assertEqual(self._get_promise_of_today(), self._in(0))
        holiday = self._close_on(0)
        self.assertEqual(self._get_promise_of_today(), self._in(1))
        holiday.write(
            {
                "date_from": datetime.combine(self._in(9), time.min),
                "date_to": datetime.combine(self._in(9), time(23, 59)),
            }
        )
        self.assertEqual(self._get_promise_of_today(), self._in(0))
        holiday = self._close_on(0)
        self.assertEqual(self._get_promise_of_today(), self._in(1))
        holiday.unlink()
        self.assertEqual(self._get_promise_of_today(), self._in(0))

    def test_opening_hours_count_as_soon_as_they_change(self):
        self.assertEqual(self._get_promise_of_today(), self._in(0))
        weekday = str(self._in(0).weekday())
        self.company.resource_calendar_id.attendance_ids.filtered(
            lambda attendance: attendance.dayofweek == weekday
        ).unlink()
        self.assertEqual(self._get_promise_of_today(), self._in(1))

    def test_what_one_person_takes_off_closes_nothing(self):
        resource = self.env["resource.resource"].create({"name": "Storekeeper"})
        self._close_on(0, resource_id=resource.id)
        self.assertEqual(self._get_promise_of_today(), self._in(0))

    def test_what_no_supply_covers_takes_its_lead_time(self):
        """The vendor who would be chosen for that quantity, marked as not covered."""
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

    def _sell_by_vendor(self, days):
        self.product.seller_ids = [
            Command.clear(),
            Command.create({"partner_id": self.vendor.id, "delay": days}),
        ]

    def test_more_is_never_promised_earlier_than_less(self):
        """B1: what no supply covers takes what there is, too, and waits for it."""
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

    def test_nobody_overtakes_who_waits_for_a_receipt(self):
        """B1: lead time is no way to be served before an order that came first."""
        self._sell_by_vendor(4)
        self._expect(self.product, 5, 9)
        first = self._confirm((self.product, 5))
        quoted = self._create_order((self.product, 5))
        self.assertEqual(quoted.expected_promise_date, self._in(9))
        quoted.action_confirm()
        self._check_promises()
        self.assertEqual(first.promised_date, self._in(9))
        self.assertEqual(quoted.promised_date, self._in(9))
        self.assertFalse(quoted.order_line.is_promise_covered)

    def test_who_wants_it_later_holds_up_nobody(self):
        """B1: the receipt is for a later day anyway; buying is quicker."""
        self._sell_by_vendor(4)
        self._expect(self.product, 5, 9)
        self._confirm((self.product, 5), commitment_date=self._noon(20))
        quoted = self._create_order((self.product, 5))
        self.assertEqual(quoted.expected_promise_date, self._in(4))

    def test_where_nothing_is_known_nothing_is_promised(self):
        line = self._create_order((self.product, 5)).order_line
        self.assertFalse(line.expected_promise_date)
        self.assertIn("no vendor", line.expected_promise_source)

    def test_what_a_discrepancy_locks_is_not_promised(self):
        """B2: only what is still to come is, even where demand leaves later."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._set_stock(self.product, 10)
        self._sell((self.product, 4), 8)
        self._expect(self.product, 10, 5)
        self.company.discrepancy_lock_low = "hard"
        self.env["stock.discrepancy"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 1000,
                "counted_qty": 999,
            }
        )
        self.assertEqual(self._get(self.product), 0)
        line = self._create_order((self.product, 2)).order_line
        self.assertEqual(line.expected_promise_date, self._in(5))

    def test_services_promise_nothing(self):
        service = self.env["product.product"].create(
            {"name": "Service", "type": "service"}
        )
        line = self._create_order((service, 1)).order_line
        self.assertFalse(line.expected_promise_date)

    def test_what_is_bought_to_order_comes_with_its_purchase(self):
        product = self._create_bought_to_order()
        product.seller_ids.delay = 6
        order = self._create_order((product, 2))
        self.assertEqual(order.order_line.expected_promise_date, self._in(6))
        self.assertTrue(order.order_line.is_expected_promise_covered)

    def test_all_lines_of_all_orders_take_one_statement(self):
        orders = self.env["sale.order"].union(
            *(self._create_order((self.product, 1)) for _ in range(20))
        )
        lines = orders.order_line
        availability = self.env.registry["stock.availability"]
        executing = availability._executing
        with patch.object(availability, "_executing", autospec=True) as spy:
            spy.side_effect = executing
            lines.mapped("expected_promise_date")
        self.assertEqual(spy.call_count, 1)

    def test_a_warehouse_of_another_company_is_refused(self):
        foreign = self.env["res.company"].create({"name": "Foreign"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", foreign.id)]
        )
        with self.assertRaisesRegex(AccessError, "belongs to another company"):
            self._as("sales", self.availability).get_promise_dates(
                [PromiseRequest(self.product, warehouse, 1)]
            )

    # ------------------------------------------------------------------
    # Confirmed
    # ------------------------------------------------------------------

    def test_confirming_keeps_what_was_quoted(self):
        self._expect(self.product, 5, 4)
        order = self._create_order((self.product, 5))
        quoted = order.order_line.expected_promise_date
        order.action_confirm()
        line = order.order_line
        self.assertEqual(quoted, self._in(4))
        self.assertEqual(line.first_promise_date, quoted)
        self.assertEqual(line.promised_date, quoted)
        self.assertEqual(line.promise_told_date, quoted)
        self.assertEqual(order.promised_date, quoted)
        self.assertTrue(line.is_promise_covered)

    def test_orders_confirmed_together_are_promised_one_after_the_other(self):
        self._expect(self.product, 5, 2)
        self._expect(self.product, 5, 7)
        orders = self._create_order((self.product, 5)) + self._create_order(
            (self.product, 5)
        )
        orders.action_confirm()
        self.assertEqual(orders.mapped("promised_date"), [self._in(2), self._in(7)])

    def test_a_copy_is_promised_anew(self):
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        self.assertFalse(order.copy().order_line.promised_date)

    def test_an_order_set_back_to_quotation_is_promised_anew(self):
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.order_line.first_promise_date)
        self.assertFalse(order.promised_date)

    def test_nobody_writes_a_promise(self):
        """The dates follow the supply; a salesman cannot invent one."""
        self._set_stock(self.product, 5)
        order = self._as("sales", self._confirm((self.product, 5)))
        with self.assertRaisesRegex(AccessError, "follows from"):
            order.order_line.promised_date = self._in(-3)
        with self.assertRaisesRegex(AccessError, "follows from"):
            order.first_promise_date = self._in(-3)

    def test_a_line_added_later_is_promised_too(self):
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 2))
        self._expect(self.product, 10, 3)
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 8})
        ]
        self._check_promises()
        self.assertEqual(order.order_line[1].first_promise_date, self._in(3))

    # ------------------------------------------------------------------
    # Supply changes
    # ------------------------------------------------------------------

    def _confirm_waiting(self, quantity=5, days=5):
        """Return an order that waits for a purchase, and the purchase."""
        purchase = self._buy(self.product, quantity, days)
        order = self._confirm((self.product, quantity))
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(days))
        return order, purchase

    def test_a_purchase_put_off_is_a_slip(self):
        """Later: an event with the reason, the first promise stays."""
        order, purchase = self._confirm_waiting()
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
        order, purchase = self._confirm_waiting()
        move = purchase.picking_ids.move_ids
        move.date = self._noon(8)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(8))
        move.date = self._noon(2)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(2))
        self.assertEqual(len(self._get_events("promise:improved", order_id=order)), 1)

    def test_goods_that_arrive_early_are_an_improvement(self):
        order, purchase = self._confirm_waiting()
        self._validate(purchase.picking_ids, 5)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(0))
        event = self._get_events("promise:improved", order_id=order)
        self.assertIn("receiving", event.reason)

    def test_a_told_date_is_not_moved_for_a_small_gain(self):
        self.company.promise_gain_days = 3
        order, purchase = self._confirm_waiting()
        purchase.order_line.date_planned = self._noon(3)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(5))
        purchase.order_line.date_planned = self._noon(2)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(2))

    def test_a_cancelled_purchase_leaves_the_lead_time(self):
        self.product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 15})
        ]
        order, purchase = self._confirm_waiting()
        purchase.button_cancel()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(15))
        self.assertFalse(order.order_line.is_promise_covered)
        self.assertTrue(self._get_events("promise:slipped", order_id=order))

    def test_an_order_that_lost_its_supply_is_not_promised_earlier(self):
        """B1: the vendor might be quicker, but nothing is on its way."""
        self.product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 2})
        ]
        order, purchase = self._confirm_waiting()
        purchase.button_cancel()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(5))
        self.assertFalse(order.order_line.is_promise_covered)
        self._confirm((self.product, 1))
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(5))

    def test_without_any_supply_the_promise_is_marked_as_not_covered(self):
        """Once: the date stays, for want of a better one."""
        order, purchase = self._confirm_waiting()
        purchase.button_cancel()
        self.product.seller_ids.unlink()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(5))
        self.assertFalse(order.order_line.is_promise_covered)
        self._confirm((self.product, 1))
        self._check_promises()
        self.assertEqual(len(self._get_events("promise:uncovered", order_id=order)), 1)

    def test_an_urgent_order_makes_others_slip(self):
        order, _purchase = self._confirm_waiting()
        self._buy(self.product, 5, 11)
        urgent = self._create_order((self.product, 5), backorder_priority="urgent")
        urgent.action_confirm()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(11))
        self.assertEqual(urgent.promised_date, self._in(5))

    def test_time_alone_makes_no_slip_of_what_is_reserved(self):
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        order.order_line.sudo().write(
            {"promised_date": self._in(-2), "first_promise_date": self._in(-2)}
        )
        self.env["backorder.promise.check"]._note(
            {(self.product.id, self.warehouse.id)}
        )
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(-2))

    def test_a_late_receipt_makes_a_slip_without_anybody_doing_anything(self):
        order, purchase = self._confirm_waiting()
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
            self.env["backorder.promise.check"]._cron_follow_calendar()
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(2))
        event = self._get_events("promise:slipped", order_id=order)
        self.assertEqual(event.reason, "calendar")

    def test_a_day_the_customer_puts_off_is_no_slip(self):
        order, _purchase = self._confirm_waiting()
        order.commitment_date = self._noon(20)
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(20))
        self.assertFalse(self._get_events("promise:slipped", order_id=order))

    def test_only_affected_lines_are_looked_at(self):
        order, _purchase = self._confirm_waiting()
        other = self._create_product("Other", allow_backorder="yes")
        self._confirm((other, 3))
        self._check_promises()
        self._receive(other, 1)
        self.env.cr.flush()
        checks = self.env["backorder.promise.check"].search([])
        self.assertEqual(checks.product_id, other)
        lines = self.env.registry["sale.order.line"]
        with patch.object(
            lines, "_judge_promise", autospec=True, side_effect=lines._judge_promise
        ) as spy:
            checks._process()
        judged = {call.args[0].order_id for call in spy.call_args_list}
        self.assertNotIn(order, judged)
        self.assertTrue(judged)

    def test_nobody_waiting_means_nothing_to_check(self):
        self._receive(self.product, 5)
        self.env.cr.flush()
        self.assertFalse(self.env["backorder.promise.check"].search([]))

    def test_what_is_bought_to_order_slips_with_its_purchase(self):
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

    def test_what_was_bought_to_order_and_is_not_any_more_keeps_its_day(self):
        """B1: the vendor is quicker, but nobody has asked."""
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

    # ------------------------------------------------------------------
    # Telling the customer
    # ------------------------------------------------------------------

    def _spy_on_slips(self):
        orders = self.env.registry["sale.order"]
        return patch.object(orders, "_on_promise_slipped", autospec=True)

    def test_the_customer_is_told_once_the_slip_is_not_tolerated(self):
        """Small slips add up against the last date told."""
        self.company.promise_slip_days = 3
        order, purchase = self._confirm_waiting()
        for days, is_told in ((7, False), (9, True), (10, False)):
            with self._spy_on_slips() as spy:
                purchase.order_line.date_planned = self._noon(days)
                self._check_promises()
            self.assertEqual(spy.called, is_told, days)
        self.assertEqual(order.order_line.promise_told_date, self._in(9))
        self.assertEqual(order.promised_date, self._in(10))

    def test_dates_are_on_the_customers_document_where_the_company_says(self):
        self._expect(self.product, 5, 4)
        order = self._create_order((self.product, 5))
        report = self.env["ir.actions.report"]

        def render():
            html, _type = report._render_qweb_html(
                "sale.action_report_saleorder", order.ids
            )
            return html.decode()

        self.assertNotIn("Promised for", render())
        self.company.promise_show_dates = True
        self.assertIn("Promised for", render())
        self.product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 15})
        ]
        order.order_line.product_uom_qty = 50
        self.assertIn("Expected about", render())
