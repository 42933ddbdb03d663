# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import time

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.server_common import ROOT, ServerCommon

ORDERS = 60
SECONDS = 120


@tagged("post_install", "-at_install")
class TestJobRunners(ServerCommon):
    """Two servers run the jobs of one database, and one of them dies (C2, C3, C6)."""

    # Those of this test run: there is a template of them already.
    modules = ["backorder_atp"] + sorted(
        path.parent.name for path in ROOT.glob("bridges/*/__manifest__.py")
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin.call(
            "res.company", "write", cls.company_id, {"backorder_retry_batch": 5}
        )

    def _start_runner(self):
        """Start a server that runs jobs; the first to come leads, the next waits."""
        return self._start_server(
            workers=2,
            options=["--load=base,rpc,web,queue_job"],
            environment={"ODOO_QUEUE_JOB_CHANNELS": "root:2"},
        )

    def _wait_until(self, is_reached, message):
        deadline = time.monotonic() + SECONDS
        while not is_reached():
            self.assertLess(time.monotonic(), deadline, message)
            time.sleep(0.1)

    def _kill_when(self, is_begun):
        """Let two servers work; kill the one that leads once it has begun."""
        leader = self._start_runner()
        self._start_runner()
        self._wait_until(is_begun, "no job was run")
        leader.kill()

    def _is_idle(self):
        states = ["pending", "enqueued", "started", "wait_dependencies"]
        return not self._count(
            "queue.job",
            ("state", "in", states),
            ("model_name", "in", ["backorder.check", "backorder.job"]),
        )

    def test_arrivals_are_handed_out_though_a_server_dies(self):
        """C2, C3: each order is served once, whoever does it."""
        product_id = self._create_product("Awaited by Many", allow_backorder="yes")
        order_ids = self._create_waiting_orders(product_id, ORDERS)
        self._kill_when(lambda: self._count_allocated(order_ids) > 10)
        self._wait_until(
            lambda: self._count_allocated(order_ids) == ORDERS,
            "the other server did not go on",
        )
        self._wait_until(self._is_idle, "jobs are left")
        self._assert_each_served_once(product_id, order_ids)
        self.assertFalse(self._count("queue.job", ("state", "=", "failed")))

    def test_fulfilling_goes_on_though_a_server_dies(self):
        """C6: each order is tried once, and the counts are right."""
        product_id = self._create_product("In Vain", allow_backorder="yes")
        order_ids = self._create_orders(product_id, ORDERS)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        action = self.admin.press("sale.order", "action_fulfil", *order_ids)
        [job_id] = action["params"]["job_ids"]

        def read_job():
            [job] = self.admin.call("backorder.job", "read", [job_id])
            return job

        self._kill_when(lambda: read_job()["done_count"] > 5)
        self._wait_until(lambda: read_job()["state"] == "done", "it did not go on")
        job = read_job()
        self.assertEqual(job["waiting_count"], ORDERS)
        self.assertEqual(
            self._get_event_orders("order:retry", order_ids), sorted(order_ids)
        )
