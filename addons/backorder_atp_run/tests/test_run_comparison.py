# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_backorder_run import RunCommon


@tagged("post_install", "-at_install")
class TestRunComparison(RunCommon):
    """B4: before and after of a run, with those who lose first."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 20)
        self.large = self._confirm((self.product, 16))
        self.small = self._confirm((self.product, 4))
        self.urgent = self._confirm((self.product, 10))
        self.run = self._create_run(
            (self._of(self.small), "gain"),
            (self._of(self.urgent), "win"),
            ("[]", "redistribute"),
        )
        self.run.action_simulate()

    def _get_comparison(self, role="viewer"):
        return self._as(role, self.run).get_comparison()

    def test_order_that_goes_from_16_to_6_is_a_loser(self):
        """B4: it comes first, with what it has before and after."""
        rows = self._get_comparison()["rows"]
        self.assertEqual(
            [
                (row["name"], row["outcome"], row["before"], row["after"])
                for row in rows
            ],
            [
                (self.large.name, "worse", 16, 6),
                (self.urgent.name, "better", 0, 10),
                (self.small.name, "same", 4, 4),
            ],
        )

    def test_totals_add_up(self):
        """B4: to the run's own figures, to its lines, and to the stock."""
        totals = self._get_comparison()["totals"]
        for outcome, total in totals.items():
            self.assertEqual(total["count"], self.run[f"{outcome}_count"])
        for outcome in ("worse", "better"):
            self.assertEqual(totals[outcome]["value"], self.run[f"{outcome}_value"])
        for side in ("before", "after"):
            self.assertEqual(sum(total[side] for total in totals.values()), 20)

    def test_commit_reserves_what_was_shown(self):
        """B4: the picture is not only a picture."""
        shown = {row["name"]: row["after"] for row in self._get_comparison()["rows"]}
        self.run.action_commit()
        orders = self.large | self.small | self.urgent
        self.assertEqual(
            {order.name: self._get_reserved(order) for order in orders}, shown
        )

    def test_salespeople_see_no_runs(self):
        """B5: a run is read by the viewers of backorders."""
        with self.assertRaises(AccessError):
            self._get_comparison("sales")
