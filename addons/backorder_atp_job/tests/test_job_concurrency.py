# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.server_common import (
    WITH_FEATURES,
    ServerCommon,
)

JOB = """
env["backorder.job"]._cron_process()
env.cr.commit()
"""


@tagged("post_install", "-at_install")
class TestJobConcurrency(ServerCommon):
    """Concurrent workers never process the same order of a job."""

    modules = WITH_FEATURES

    def test_two_workers_share_no_order_of_a_job(self):
        """C6: one worker locks the job; each order is processed once."""
        product_id = self._create_product("In the Background", allow_backorder="yes")
        order_ids = self._create_orders(product_id, 30)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        action = self.admin.press("sale.order", "action_fulfil", *order_ids)
        [job_id] = action["params"]["job_ids"]
        self._finish(*(self._start_pass(JOB) for _ in range(2)))
        self._finish(self._start_pass(JOB))  # the rest, after the conflict
        [job] = self.admin.call("backorder.job", "read", [job_id])
        self.assertEqual((job["state"], job["backordered_count"]), ("done", 30))
        tried = self.admin.call(
            "backorder.event",
            "search_count",
            [("event_type", "=", "order:retry"), ("order_id", "in", order_ids)],
        )
        self.assertEqual(tried, 30)
