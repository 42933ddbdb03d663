# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_run.tests.test_backorder_run import ThreeOrdersCommon


@tagged("post_install", "-at_install")
class TestJobRun(ThreeOrdersCommon):
    """Jobs follow the decisions of a backorder run."""

    def test_fulfil_all_in_the_background_follows_the_run(self):
        """C6: orders fulfilled in the background keep the order of the run."""
        self._commit_run_before_more_comes()
        self.company.backorder_retry_batch = 1
        self.env["sale.order"].action_fulfil_all()
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref(
                "backorder_atp_job.ir_cron_process_jobs"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self._assert_run_decided()
