# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.failure_common import FailureCommon
from odoo.addons.backorder_atp.tests.test_bad_data import LONG_AGO, NEVER
from odoo.addons.backorder_atp.tests.test_bad_records import BadRecordsCommon


@tagged("post_install", "-at_install")
class TestReportBadData(FailureCommon):
    """Implausible data does not stop a report."""

    def test_service_report_with_implausible_dates(self):
        """B19: the report opens, whatever the dates of an order."""
        for moment in (NEVER, LONG_AGO):
            self._confirm((self.backorderable, 1), commitment_date=moment)
        order = self._confirm((self.backorderable, 1))
        order.date_order = NEVER
        self.env.flush_all()
        rows = self.env["backorder.service.report"].search(
            [("product_id", "=", self.backorderable.id)]
        )
        self.assertEqual(len(rows.mapped("requested_date")), 3)

    def test_report_of_an_implausible_period_is_refused(self):
        """C11: a period too far in the past or future has no figures."""
        summary = self.env["backorder.summary"].create({"date_to": NEVER.date()})
        with self.assertRaisesRegex(Exception, "within twenty years"):
            summary._get_figures()

    def test_failed_company_does_not_stop_others(self):
        """C11, E8: the snapshots of the other companies are taken."""
        self._assert_other_companies_processed(
            "backorder.snapshot",
            "_take",
            "backorder_atp_report.ir_cron_snapshot",
            "snapshot",
        )


@tagged("post_install", "-at_install")
class TestReportBadRecords(BadRecordsCommon):
    """The report opens and prints with implausible data."""

    def test_report_is_rendered(self):
        """C11: the printed report contains all data."""
        summary = self._as("manager", self.env["backorder.summary"]).create({})
        page = self.env["ir.actions.report"]._render_qweb_html(
            "backorder_atp_report.report_backorder", summary.ids
        )[0]
        self.assertIn(b"Promise Keepers", page)
        self.assertTrue(self._as("manager", self.env["backorder.board"]).get_figures())

    def test_every_screen_opens(self):
        """C11: each list and chart of each report, as a manager."""
        self.assertGreater(self._open_every_screen("backorder_atp_report"), 20)
