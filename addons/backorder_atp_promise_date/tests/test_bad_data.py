# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_bad_data import LONG_AGO, NEVER, BadDataCommon


@tagged("post_install", "-at_install")
class TestBadDataPromise(BadDataCommon):
    def test_order_without_a_real_delivery_date(self):
        """B5: an imported 9999-12-31 is ignored: promised as soon as possible."""
        for moment in (NEVER, LONG_AGO):
            with self.subTest(moment):
                product = self._create_product("Dated", allow_backorder="yes")
                self._set_stock(product, 2)
                order = self._confirm((product, 1), commitment_date=moment)
                self.assertEqual(order.order_line.promised_date, self._get_today())

    def test_order_with_absurd_date_does_not_block_rechecks(self):
        """B5: promised dates of the other orders are updated."""
        absurd = self._confirm((self.backorderable, 5), commitment_date=NEVER)
        other = self._create_product("Other", allow_backorder="yes")
        backordered = self._confirm((other, 5))
        self._create_receipt(
            other, 5, scheduled_date=fields.Datetime.now() + timedelta(days=30)
        )
        self._create_receipt(self.backorderable, 9)
        self._run_cron("backorder_atp_promise_date.ir_cron_process_promises")
        self.assertFalse(self.env["backorder.promise.recheck"].search([]))
        self.assertTrue(backordered.order_line.is_promise_covered)
        self.assertTrue(absurd.order_line.is_promise_covered)

    def test_receipt_without_real_date_is_ignored(self):
        """B5: a receipt without a real date is no supply; all else works."""
        self._create_receipt(self.backorderable, 50, scheduled_date=NEVER)
        order = self._create_order((self.backorderable, 5))
        self.assertFalse(order.order_line.is_expected_promise_covered)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.backorder_qty, 5)

    def test_failing_product_does_not_block_others(self):
        """B5: promises of other products are updated; the failure is reported."""
        other = self._create_product("Other", allow_backorder="yes")
        orders = self._confirm((self.backorderable, 1)) | self._confirm((other, 1))
        for product in (self.backorderable, other):
            self._create_receipt(product, 1)
        bad = self.backorderable
        lines = orders.order_line
        with self._poisoned(
            "sale.order.line",
            "_recheck_promises",
            lambda _self, sources: bad in {product for product, _warehouse in sources},
        ):
            self._run_cron("backorder_atp_promise_date.ir_cron_process_promises")
            self.assertEqual(lines.mapped("is_promise_covered"), [False, True])
            self._assert_reported("promise", bad)
        self.env["backorder.promise.recheck"].search([]).retry_date = False
        self._run_cron("backorder_atp_promise_date.ir_cron_process_promises")
        self.assertEqual(lines.mapped("is_promise_covered"), [True, True])
        self.assertFalse(self._get_failures("promise"))

    def test_failing_company_does_not_block_others(self):
        """B5: promises of the other companies are updated every day."""
        self._assert_other_companies_processed(
            "backorder.promise.recheck",
            "_follow_calendar",
            "backorder_atp_promise_date.ir_cron_follow_calendar",
            "promise",
        )
