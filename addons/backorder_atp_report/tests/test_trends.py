# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.backorder_atp_promise_date.tests.test_promise_date import PromiseCommon


@tagged("post_install", "-at_install")
class TestTrends(PromiseCommon):
    """C11: backorders over time."""

    def _get_trends(self, role="viewer", **options):
        self.env.flush_all()
        self.env.invalidate_all()
        return self._as(role, self.env["backorder.trend"]).get_trends(**options)

    def _get_last_ages(self, **options):
        """Return ``{age: orders}`` of the running week."""
        ages = self._get_trends(**options)["ages"]
        return {age["key"]: age["counts"][-1] for age in ages if age["counts"][-1]}

    def _confirm_before(self, days):
        """Return an order that fell short ``days`` ago."""
        with freeze_time(fields.Datetime.now() - timedelta(days=days)):
            return self._confirm((self.backorderable, 3))

    def _freeze(self, product, day, quantity, warehouse=None):
        """Write a day of the frozen history."""
        values = {"date": day, "company_id": self.company.id}
        history = self.env["backorder.snapshot"].sudo()
        known = history.search([("date", "=", day), ("scope", "=", "company")])
        if self.company not in known.company_id:
            history.create({**values, "scope": "company"})
        history.create(
            {
                **values,
                "scope": "product",
                "product_id": product.id,
                "warehouse_id": (warehouse or self.warehouse).id,
                "shortage_qty": quantity,
            }
        )

    # ------------------------------------------------------------------
    # Age
    # ------------------------------------------------------------------

    def test_orders_are_counted_by_age(self):
        """C11: from the first shortage until the order is allocated."""
        self._confirm((self.backorderable, 3))
        self.assertEqual(self._get_last_ages(), {"d00": 1})
        self._receive(self.backorderable, 5)
        self.assertEqual(self._get_last_ages(), {})

    def test_age_grows_from_week_to_week(self):
        """C11: each week shows the age that the order had then."""
        self._confirm_before(40)
        ages = {age["key"]: age["counts"] for age in self._get_trends()["ages"]}
        self.assertEqual(ages["d31"][-1], 1)
        self.assertEqual(sum(counts[-4] for counts in ages.values()), 1)
        self.assertEqual(sum(counts[0] for counts in ages.values()), 0)
        self.assertEqual(ages["d31"][-4], 0)

    def test_warehouse_limits_the_orders(self):
        """C11: the filter counts what ships from there."""
        elsewhere = self._create_warehouse("Elsewhere", "ELS")
        self._confirm((self.backorderable, 3), warehouse_id=self.warehouse.id)
        self.assertEqual(self._get_last_ages(warehouse_id=elsewhere.id), {})
        self.assertEqual(
            self._get_last_ages(warehouse_id=self.warehouse.id), {"d00": 1}
        )

    # ------------------------------------------------------------------
    # Service level
    # ------------------------------------------------------------------

    def test_rates_stand_beside_their_targets(self):
        """C11: two lines were due in one week, one of them was shipped in time."""
        self.company.backorder_target_fill_rate = 90
        self._set_stock(self.backorderable, 10)
        day = self._in(-10)
        orders = self._confirm((self.backorderable, 2)) + self._confirm(
            (self.backorderable, 2)
        )
        orders.commitment_date = datetime.combine(day, time(12))
        self._validate(orders[0].picking_ids, 2)
        orders[0].picking_ids.move_ids.date = datetime.combine(day, time(9))
        trends = self._get_trends()
        fill = next(rate for rate in trends["rates"] if rate["key"] == "fill")
        self.assertEqual(fill["goal"], 90)
        index = trends["weeks"].index(day - timedelta(days=day.weekday()))
        self.assertEqual(fill["values"][index], 50)
        self.assertFalse(fill["values"][index - 1])

    def test_targets_are_percentages(self):
        """C11: as the settings say."""
        for name in ("backorder_target_fill_rate", "backorder_target_promise_rate"):
            with self.assertRaises(ValidationError):
                self.company[name] = 0

    # ------------------------------------------------------------------
    # Shortages
    # ------------------------------------------------------------------

    def test_heat_map_shows_the_largest_shortage_of_a_week(self):
        """C11: warehouses of a day add up; weeks without history stay empty."""
        elsewhere = self._create_warehouse("Elsewhere", "ELS")
        monday = self._in(0) - timedelta(days=self._in(0).weekday(), weeks=2)
        self._freeze(self.backorderable, monday, 4)
        self._freeze(self.backorderable, monday + timedelta(days=1), 3)
        self._freeze(self.backorderable, monday + timedelta(days=1), 5, elsewhere)
        self._freeze(self.protected, monday + timedelta(days=2), 1)
        trends = self._get_trends()
        self.assertEqual(
            [row["name"] for row in trends["shortages"]],
            [self.backorderable.display_name, self.protected.display_name],
        )
        self.assertEqual(
            trends["shortages"][0]["values"][-4:], [False, 8, False, False]
        )
        here = self._get_trends(warehouse_id=self.warehouse.id)["shortages"][0]
        self.assertEqual(here["values"][-3], 4)

    # ------------------------------------------------------------------
    # Who may look
    # ------------------------------------------------------------------

    def test_trends_are_for_viewers(self):
        """B5: salespeople see no figures of the company."""
        with self.assertRaises(AccessError):
            self._get_trends("sales")

    def test_other_periods_are_refused(self):
        """C12: with a clear error."""
        with self.assertRaises(UserError):
            self._get_trends(weeks=5000)

    def test_trends_are_listed_with_the_reports(self):
        """C11: with what they answer."""
        catalog = self._as("viewer", self.env["backorder.report.catalog"]).get_reports()
        reports = {
            report["name"]: report for group in catalog for report in group["reports"]
        }
        self.assertIn("fill rate", reports["Trends"]["description"])
