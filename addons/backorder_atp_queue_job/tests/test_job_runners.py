# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import sql_db
from odoo.tests import tagged

from odoo.addons.backorder_atp.models.stock_promise_guard import (
    LOCK_MASK,
    LOCK_SPACE,
)
from odoo.addons.backorder_atp.tests.server_common import WITH_BRIDGES, ServerCommon

ORDERS = 60
MODELS = ["backorder.retry", "backorder.job", "backorder.run"]
COMMITTED = [("event_type", "=", "run:committed")]


@tagged("post_install", "-at_install")
class TestJobRunners(ServerCommon):
    """Two servers run the jobs of one database, and one of them is killed."""

    modules = WITH_BRIDGES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin.call(
            "res.company", "write", cls.company_id, {"backorder_retry_batch": 5}
        )

    def _start_runner(self):
        """Start a server that runs jobs; the first one leads, the next stands by."""
        return self._start_server(
            workers=2,
            options=["--load=base,rpc,web,queue_job"],
            environment={"ODOO_QUEUE_JOB_CHANNELS": "root:2"},
        )

    def _is_idle(self):
        states = ["pending", "enqueued", "started", "wait_dependencies"]
        return not self._count(
            "queue.job", ("state", "in", states), ("model_name", "in", MODELS)
        )

    def _read(self, model, record_id):
        [values] = self.admin.call(model, "read", [record_id])
        return values

    def _start_fulfilling(self):
        """Start a job for many orders, none of which can be fulfilled."""
        product_id = self._create_product("Out of Stock", allow_backorder="yes")
        order_ids = self._create_orders(product_id, ORDERS)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        action = self.admin.press("sale.order", "action_fulfil", *order_ids)
        [job_id] = action["params"]["job_ids"]
        return job_id, order_ids

    def _start_committing(self):
        """Simulate and commit a run that moves stock from one order to another."""
        product_id = self._create_product("Contested", allow_backorder="yes")
        self._set_stock(product_id, 1)
        order_ids = self._create_orders(product_id, 2)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        domain = f"[('order_id', '=', {order_ids[1]})]"
        segments = [
            {"sequence": 1, "name": "First", "strategy": "win", "domain": domain},
            {"sequence": 2, "name": "Others", "strategy": "improve"},
        ]
        [run_id] = self._create(
            "backorder.run",
            {
                "product_ids": [(6, 0, [product_id])],
                "segment_ids": [(0, 0, segment) for segment in segments],
            },
        )
        self.admin.press("backorder.run", "action_simulate", run_id)
        values = {"backorder_run_background_size": 1}
        self.admin.call("res.company", "write", self.company_id, values)
        self.admin.press("backorder.run", "action_commit", run_id)
        return run_id, product_id, order_ids

    def _let_time_pass(self):
        """The leading server checks jobs that have not ended after ten seconds."""
        with sql_db.db_connect(self.database).cursor() as cr:
            cr.execute(
                "UPDATE queue_job SET date_enqueued = date_enqueued - interval '10 s'"
                " WHERE state IN ('enqueued', 'started')"
            )

    @contextmanager
    def _hold_up(self, product_id):
        """Block decisions about a product."""
        with sql_db.db_connect(self.database).cursor() as cr:
            cr.execute(
                "SELECT pg_advisory_xact_lock(%s, hashint8(%s::int8 << 32 | id) & %s)"
                " FROM stock_warehouse",
                [LOCK_SPACE, product_id, LOCK_MASK],
            )
            yield

    def test_one_of_two_servers_is_killed(self):
        """B4, C2, C3, C6: the other one continues, and everything is done once."""
        product_id = self._create_product("In Demand", allow_backorder="yes")
        order_ids = self._create_backorders(product_id, ORDERS)
        job_id, vain_ids = self._start_fulfilling()
        run_id, fought_id, fighting_ids = self._start_committing()
        with self._hold_up(fought_id):
            leader = self._start_runner()
            self._start_runner()
            self._wait_until(
                lambda: (
                    self._count_allocated(order_ids) > 10
                    and self._read("backorder.job", job_id)["done_count"] > 5
                    and self._read("backorder.run", run_id)["background_state"]
                    == "running"
                ),
                "no job was run",
            )
            leader.kill()
        self._let_time_pass()
        self._wait_until(self._is_idle, "the other server did not continue")
        self._assert_each_served_once(product_id, order_ids)
        self._assert_each_tried_once(job_id, vain_ids)
        self._assert_committed_once(run_id, fighting_ids)
        self.assertFalse(self._count("queue.job", ("state", "=", "failed")))

    def _assert_each_tried_once(self, job_id, order_ids):
        job = self._read("backorder.job", job_id)
        self.assertEqual((job["state"], job["backordered_count"]), ("done", ORDERS))
        self.assertEqual(
            self._get_event_orders("order:retry", order_ids), sorted(order_ids)
        )

    def _assert_committed_once(self, run_id, order_ids):
        run = self._read("backorder.run", run_id)
        self.assertEqual(
            (run["state"], run["background_result"]), ("committed", "done")
        )
        self.assertEqual(self._get_reservations(order_ids), [0.0, 1.0])
        self.assertEqual(self._count("backorder.event", *COMMITTED), 1)
