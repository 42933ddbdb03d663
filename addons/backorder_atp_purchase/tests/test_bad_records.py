# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_bad_records import OWN, BadRecordsCommon


@tagged("post_install", "-at_install")
class TestPurchaseBadRecords(BadRecordsCommon):
    """Invalid purchases block neither scheduled actions nor screens."""

    def test_vendor_with_a_lead_time_of_a_million_years(self):
        """D5: Odoo cannot order from them; the product is reported."""
        self.company.backorder_auto_purchase = True
        addon = "backorder_atp_purchase"
        for cron in self._get_scheduled_actions(addon):
            with self.assertLogs(OWN, "WARNING"):
                self._run(cron)
        failure = self.env["backorder.failure"].search([("task", "=", "purchase")])
        self.assertEqual(
            (failure.record_name, failure.activity_ids.user_id),
            ("Never", self.users["manager"]),
        )

    def test_every_screen_opens(self):
        """C5: each list, form and chart of each action, as the manager."""
        self._open_every_screen("backorder_atp_purchase")
