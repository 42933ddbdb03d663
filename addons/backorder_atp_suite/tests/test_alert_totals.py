# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_atp_report.tests.totals_common import TotalsCommon


@tagged("post_install", "-at_install")
class TestAlertTotals(TotalsCommon):
    """Alerts and lists count the same orders (D8)."""

    def test_alert_counts_the_orders_it_opens(self):
        """D8: the button of an alert opens the orders it counts."""
        alerts = self.env["backorder.alert"]
        alerts._update(self.company)
        for alert in alerts.search(
            [("product_id", "in", (self.saddle + self.bell).ids)]
        ):
            orders, *_rest = self._recount(
                self.short, alert.product_id, alert.warehouse_id
            )
            self.assertEqual(alert.order_count, orders)
            opened = self._open_as(
                "manager", self._as("manager", alert).action_view_orders()
            )
            self.assertEqual(len(opened), orders)

    def _open_orders(self, alert):
        action = self._as("manager", alert).action_view_orders()
        return self._open_as("manager", action)

    def test_alert_of_many_holds_opens_recent_holds(self):
        """D8, C4: without the orders that have been on hold for longer."""
        self.company.backorder_hold_limit = 0
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            self.orders["only held"].action_release_hold("Needed now")
            self.orders["only held"].action_hold("Not yet")
            self._assert_alert_of_many_holds()

    def _assert_alert_of_many_holds(self):
        alert = self.env["backorder.alert"].create(
            {"alert_type": "many_holds", "company_id": self.company.id}
        )
        due = alert._get_due_holds(self.company)
        self.assertEqual([values["order_count"] for values in due.values()], [1])
        opened = self._open_as(
            "manager", self._as("manager", alert).action_view_orders()
        )
        self.assertEqual(opened, self.orders["only held"])
