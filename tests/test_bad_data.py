# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon

# What imports write where there is no date.
NEVER = datetime(9999, 12, 31, 23, 59, 59)
LONG_AGO = datetime(1753, 1, 1)


@tagged("post_install", "-at_install")
class TestBadData(BackorderCommon):
    """One record that makes no sense stops neither others nor a screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.company.resource_calendar_id
        calendar.tz = "Asia/Tokyo"  # where the last day there is has passed already

    def _run_cron(self, name):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref(f"backorder_atp.{name}").method_direct_trigger()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------------

    def test_order_without_a_real_delivery_date(self):
        """B5: an imported 9999-12-31 is no date: promised as soon as possible."""
        for moment in (NEVER, LONG_AGO):
            with self.subTest(moment):
                product = self._create_product("Dated", allow_backorder="yes")
                self._set_stock(product, 2)
                order = self._confirm((product, 1), commitment_date=moment)
                self.assertEqual(order.order_line.promised_date, date.today())

    def test_promise_queue_goes_on_beside_an_absurd_date(self):
        """B5: orders beside the one with the absurd date follow their supply."""
        absurd = self._confirm((self.backorderable, 5), commitment_date=NEVER)
        other = self._create_product("Other", allow_backorder="yes")
        waiting = self._confirm((other, 5))
        self._create_receipt(
            other, 5, scheduled_date=fields.Datetime.now() + timedelta(days=30)
        )
        self._create_receipt(self.backorderable, 9)
        self._run_cron("ir_cron_process_promises")
        self.assertFalse(self.env["backorder.promise.check"].search([]))
        self.assertTrue(waiting.order_line.is_promise_covered)
        self.assertTrue(absurd.order_line.is_promise_covered)

    def test_receipt_that_never_comes_promises_nothing(self):
        """B5: a receipt without a real date is not known to come; all else works."""
        self._create_receipt(self.backorderable, 50, scheduled_date=NEVER)
        order = self._create_order((self.backorderable, 5))
        self.assertFalse(order.order_line.is_expected_promise_covered)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.backorder_qty, 5)
        self._run_cron("ir_cron_alert")
        alerts = self.env["backorder.alert"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        self.assertIn("detected", alerts.mapped("alert_type"))
        for alert in alerts.with_user(self.users["manager"]).with_context(tz="Japan"):
            self.assertTrue(alert.read(["recommendation", "arrival_date"]))

    def test_lead_time_with_too_many_digits(self):
        """B5: a vendor who needs a million years is no reason to stop."""
        product = self._create_product(
            "Slow",
            allow_backorder="yes",
            route_ids=[Command.set(self.warehouse.buy_pull_id.route_id.ids)],
            seller_ids=[
                Command.create({"partner_id": self.vendor.id, "delay": 999_999_999})
            ],
        )
        self._set_stock(self.backorderable, 1)
        order = self._create_order((product, 1), (self.backorderable, 1))
        self.assertFalse(order.order_line[0].expected_promise_date)
        self.assertEqual(order.order_line[1].expected_promise_date, date.today())
        order.action_confirm()
        need = self.env["backorder.supply"]._get_needs(product, self.warehouse)
        proposal = self.env["backorder.supply"]._propose(
            need[product.id, self.warehouse.id]
        )
        self.assertLess(proposal.date.year, 2100)

    def test_service_report_beside_absurd_dates(self):
        """B19: the report of all orders opens, whatever date one of them has."""
        for moment in (NEVER, LONG_AGO):
            self._confirm((self.backorderable, 1), commitment_date=moment)
        order = self._confirm((self.backorderable, 1))
        order.date_order = NEVER
        self.env.flush_all()
        rows = self.env["backorder.service.report"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        self.assertEqual(len(rows.mapped("requested_date")), 3)

    def test_log_is_exported_up_to_the_last_day_there_is(self):
        """B6: "until 9999-12-31" means everything."""
        wizard = self.env["backorder.log.export"].create(
            {"date_from": date(1, 1, 1), "date_to": NEVER.date()}
        )
        self.assertTrue(wizard.action_export())

    def test_report_of_an_absurd_period_is_refused(self):
        """C11: a period without a before or an after has no figures."""
        summary = self.env["backorder.summary"].create({"date_to": NEVER.date()})
        with self.assertRaisesRegex(Exception, "within twenty years"):
            summary._get_figures()
