# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp.tests.calendar_common import open_every_day

from ..models.stock_availability_promise import PromiseRequest
from .test_projection import ProjectionCommon


class PromiseCommon(ProjectionCommon):
    """The company works every day, so that days are easy to count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        open_every_day(cls.company.resource_calendar_id)
        cls.product = cls._create_product("Promised", allow_backorder="yes")

    def _check_promises(self):
        """Run the scheduled action without commits."""
        self.env.cr.flush()
        rechecks = self.env["backorder.promise.recheck"]
        while batch := rechecks._take_next():
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


class PromiseDateCommon(PromiseCommon):
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

    def _sell_by_vendor(self, days):
        self.product.seller_ids = [
            Command.clear(),
            Command.create({"partner_id": self.vendor.id, "delay": days}),
        ]

    def _confirm_with_purchase(self, quantity=5, days=5):
        """Return an order that a purchase covers, and the purchase."""
        purchase = self._buy(self.product, quantity, days)
        order = self._confirm((self.product, quantity))
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(days))
        return order, purchase

    def _spy_on_slips(self):
        orders = self.env.registry["sale.order"]
        return patch.object(orders, "_on_promise_slipped", autospec=True)


@tagged("post_install", "-at_install")
class TestPromiseDate(PromiseDateCommon):
    def test_available_stock_is_promised_for_today(self):
        self._set_stock(self.product, 5)
        line = self._create_order((self.product, 5)).order_line
        self.assertEqual(line.expected_promise_date, self._in(0))
        self.assertTrue(line.is_expected_promise_covered)

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
        """B1: not Odoo's free quantity; the order does not compete with itself."""
        self._set_stock(self.product, 9)
        self.env["stock.policy"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 2,
            }
        )
        order = self._create_order((self.product, 3))
        action = self._as("sales", order).action_add_from_catalog()
        self.assertTrue(action["context"]["display_promise"])
        product = self._as("sales", self.product).with_context(**action["context"])
        self.assertEqual(product.promise_available_qty, 7)
        self.assertEqual(order.order_line.promise_available_qty, 7)

    def test_other_unsaved_lines_share_the_stock(self):
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
        """B1: the stored quantity does not compete with the new one."""
        self._set_stock(self.product, 4)
        order = self._create_order((self.product, 3), (self.product, 1))
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 4
            self.assertEqual(line.promise_available_qty, 4)
            self.assertFalse(line.is_promise_short)

    def test_lines_of_one_order_share_the_stock(self):
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

    def test_promise_does_not_take_stock_of_later_demand(self):
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

    def test_requested_day_is_promised_if_possible(self):
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

    def test_promised_dates_are_working_days(self):
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

    def test_changed_holiday_counts_immediately(self):
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

    def test_changed_working_hours_count_immediately(self):
        self.assertEqual(self._get_promise_of_today(), self._in(0))
        weekday = str(self._in(0).weekday())
        self.company.resource_calendar_id.attendance_ids.filtered(
            lambda attendance: attendance.dayofweek == weekday
        ).unlink()
        self.assertEqual(self._get_promise_of_today(), self._in(1))

    def test_time_off_of_one_person_does_not_count(self):
        resource = self.env["resource.resource"].create({"name": "Storekeeper"})
        self._close_on(0, resource_id=resource.id)
        self.assertEqual(self._get_promise_of_today(), self._in(0))

    def test_lead_time_does_not_overtake_backordered_orders(self):
        """B1: a promise by lead time is not earlier than that of a backorder."""
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

    def test_stock_locked_by_a_discrepancy_is_not_promised(self):
        """B2: only incoming supply is promised, even if demand leaves later."""
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

    def test_services_have_no_promised_date(self):
        service = self.env["product.product"].create(
            {"name": "Service", "type": "service"}
        )
        line = self._create_order((service, 1)).order_line
        self.assertFalse(line.expected_promise_date)

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

    def test_confirmation_keeps_the_quoted_date(self):
        self._expect(self.product, 5, 4)
        order = self._create_order((self.product, 5))
        quoted = order.order_line.expected_promise_date
        order.action_confirm()
        line = order.order_line
        self.assertEqual(quoted, self._in(4))
        self.assertEqual(line.first_promise_date, quoted)
        self.assertEqual(line.promised_date, quoted)
        self.assertEqual(line.promise_notified_date, quoted)
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

    def test_copy_has_no_promised_date(self):
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        self.assertFalse(order.copy().order_line.promised_date)

    def test_order_set_back_to_quotation_has_no_promised_date(self):
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.order_line.first_promise_date)
        self.assertFalse(order.promised_date)

    def test_users_cannot_write_promised_dates(self):
        """The dates follow the supply; salespeople cannot change them."""
        self._set_stock(self.product, 5)
        order = self._as("sales", self._confirm((self.product, 5)))
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            order.order_line.promised_date = self._in(-3)
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
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

    def test_passed_date_of_reserved_line_is_no_slip(self):
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        order.order_line.sudo().write(
            {"promised_date": self._in(-2), "first_promise_date": self._in(-2)}
        )
        self.env["backorder.promise.recheck"]._record(
            {(self.product.id, self.warehouse.id)}
        )
        self._check_promises()
        self.assertEqual(order.promised_date, self._in(-2))

    def test_no_recheck_without_backordered_orders(self):
        self._receive(self.product, 5)
        self.env.cr.flush()
        self.assertFalse(self.env["backorder.promise.recheck"].search([]))

    def test_dates_are_printed_if_the_company_shows_them(self):
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
        self.assertIn("Expected around", render())
