# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.backorder_atp.tests.failure_common import LOGGERS, FailureCommon
from odoo.addons.backorder_atp.tests.test_bad_data import NEVER


@tagged("post_install", "-at_install")
class TestAlertBadData(FailureCommon):
    """Bad data of a product or company does not stop the alerts of others."""

    def test_failed_alert_does_not_stop_others(self):
        """D8: alerts of other products open; those of the failing one are unchanged."""
        other = self._create_product("Other", allow_backorder="yes")
        self._confirm((self.backorderable, 1))
        self._run_cron("backorder_atp_alert.ir_cron_alert")
        bad = self.backorderable
        alerts = self.env["backorder.alert"]
        known = alerts.search([("product_id", "=", bad.id), ("state", "=", "open")])
        self.assertTrue(known)
        self._confirm((other, 1))
        with self._poisoned(
            "backorder.alert",
            "_get_due",
            lambda _self, _company, keys: bad.id in {key[0] for key in keys},
        ):
            self._run_cron("backorder_atp_alert.ir_cron_alert")
        self.assertTrue(alerts.search([("product_id", "=", other.id)]))
        self.assertEqual(set(known.mapped("state")), {"open"})
        self._assert_reported("alert", bad)

    def test_failed_notification_is_retried(self):
        """D8: the alert opens, and users are notified once the template is fixed."""
        template = self.env.ref("backorder_atp_alert.mail_template_alert_product")
        subject, template.subject = template.subject, "{{ object.no_such_field }}"
        self.company.promise_phase = "soft"
        self.users["manager"].email = "manager@example.com"
        self._confirm((self.backorderable, 1))
        with mute_logger(*LOGGERS, "odoo.addons.mail.models.mail_render_mixin"):
            self._run_cron("backorder_atp_alert.ir_cron_alert")
        alerts = self.env["backorder.alert"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        self.assertTrue(alerts)
        self.assertFalse(alerts.user_ids)
        self.assertTrue(self._get_failures("alert"))
        template.subject = subject
        self._run_cron("backorder_atp_alert.ir_cron_alert")
        self.assertIn(self.users["manager"], alerts.user_ids)
        self.assertFalse(self._get_failures("alert"))

    def test_failed_company_does_not_stop_others(self):
        """D8: alerts of other companies open."""
        self._assert_other_companies_processed(
            "backorder.alert", "_update", "backorder_atp_alert.ir_cron_alert", "alert"
        )

    def test_receipt_with_an_implausible_date(self):
        """D8: the alert can be read, whatever the date of the receipt."""
        self._create_receipt(self.backorderable, 50, scheduled_date=NEVER)
        self._confirm((self.backorderable, 5))
        self._run_cron("backorder_atp_alert.ir_cron_alert")
        alerts = self.env["backorder.alert"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        self.assertIn("detected", alerts.mapped("alert_type"))
        for alert in alerts.with_user(self.users["manager"]).with_context(tz="Japan"):
            self.assertTrue(alert.read(["recommendation", "arrival_date"]))
