# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .failure_common import LOGGERS, FailureCommon

# The date that imports write for no date.
NEVER = datetime(9999, 12, 31, 23, 59, 59)
LONG_AGO = datetime(1753, 1, 1)


class BadDataCommon(FailureCommon):
    """One invalid record stops neither other records nor a screen."""

    def _get_today(self):
        """Return today's date in the company's time zone."""
        return datetime.now(ZoneInfo("Asia/Tokyo")).date()

    def _request(self, product, quantity):
        """Request approval of an order."""
        self.company.shortage_policy = "pending"
        order = self._as("sales", self._create_order((product, quantity)))
        order.action_confirm()
        self.assertTrue(order.requires_inventory_override)
        return order


@tagged("post_install", "-at_install")
class TestBadData(BadDataCommon):
    def test_settings_with_too_many_digits_are_refused(self):
        """C3, D8: each number that jobs compute with has an upper limit."""
        names = [
            name
            for name, field in self.company._fields.items()
            if field.type in ("integer", "float")
            and field.store
            and any(module.startswith("backorder_atp") for module in field._modules)
        ]
        self.assertGreater(len(names), 5)
        for name in names:
            with self.subTest(name), self.assertRaises(ValidationError):
                self.company[name] = 2_000_000_000

    def test_request_for_a_billion_commits_no_stock(self):
        """B1: an implausible request commits nothing until the decision."""
        self._set_stock(self.protected, 5)
        self._request(self.protected, 1_000_000_000)
        self.assertEqual(self._get(self.protected), 5)
        order = self._confirm((self.protected, 5))
        self.assertEqual(order.backorder_state, "allocated")

    def test_request_commits_stock_up_to_the_setting(self):
        """B1: requests commit up to the configured multiple of the stock."""
        self._set_stock(self.protected, 5)
        self._request(self.protected, 60)
        self.assertEqual(self._get(self.protected), 5)
        self.company.promise_request_times = 0
        self.assertEqual(self._get(self.protected), -55)
        self.company.promise_request_times = 10
        self._create_receipt(self.protected, 1)
        self.assertEqual(self._get(self.protected), -55)
        with self.assertRaisesRegex(ValidationError, "0 for no limit"):
            self.company.promise_request_times = -1

    def test_failed_retry_does_not_stop_others(self):
        """C2: stock of other products is allocated; the failure is reported and later
        deleted."""
        other = self._create_product("Other", allow_backorder="yes")
        stuck = self._confirm((self.backorderable, 1))
        served = self._confirm((other, 1))
        for product in (self.backorderable, other):
            self._force_stock(product, 1)
        bad = self.backorderable
        with self._poisoned(
            "backorder.retry", "_get_queue", lambda _self, product, *_: product == bad
        ):
            self._run_cron("ir_cron_process_retries")
            self.assertEqual(served.backorder_state, "allocated")
            self._assert_reported("retry", bad)
            self._run_cron("ir_cron_process_retries")
        self.assertEqual(self._get_failures("retry").attempts, 1, "it pauses")
        self.assertEqual(stuck.backorder_state, "backordered")
        self.env["backorder.retry"].search([]).retry_date = False
        self._run_cron("ir_cron_process_retries")
        self.assertEqual(stuck.backorder_state, "allocated")
        self.assertFalse(self._get_failures("retry"))

    def test_failed_escalation_does_not_stop_others(self):
        """C4: other orders are put on hold; the failure is reported."""
        orders = self._confirm((self.backorderable, 1)) | self._confirm(
            (self.backorderable, 1)
        )
        orders.backordered_since = fields.Datetime.now() - timedelta(days=40)
        with self._poisoned(
            "sale.order", "_escalate", lambda batch: orders[0] in batch
        ):
            self._run_cron("ir_cron_escalate")
        self.assertEqual(orders.mapped("backorder_state"), ["backordered", "on_hold"])
        self._assert_reported("escalation", orders[0])

    def test_failed_reservation_date_does_not_stop_others(self):
        """C1: other orders are recomputed."""
        self.warehouse.out_type_id.reservation_method = "manual"
        orders = self._confirm((self.backorderable, 1)) | self._confirm(
            (self.backorderable, 1)
        )
        seen = []
        original = self.env.registry["sale.order.line"]._recompute_backorders

        def recompute(lines):
            if orders[0] in lines.order_id:
                raise ZeroDivisionError("poison")
            seen.extend(lines.order_id)
            return original(lines)

        with (
            patch.object(
                self.env.registry["sale.order.line"], "_recompute_backorders", recompute
            ),
            mute_logger(*LOGGERS),
        ):
            self._run_cron("ir_cron_refresh_undue")
        self.assertIn(orders[1], seen)
        self._assert_reported("undue", orders[0])

    def test_failed_company_does_not_stop_others(self):
        """C11, E8: each scheduled action continues with the next company."""
        self._assert_other_companies_processed(
            "sale.order.line", "_refresh_undue", "ir_cron_refresh_undue", "undue"
        )
