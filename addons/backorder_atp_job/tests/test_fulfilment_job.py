# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.backorder_atp.tests.common import BackorderCommon

from ..models.backorder_job import MAX_ATTEMPTS


@tagged("post_install", "-at_install")
class TestFulfilmentJob(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backorder_retry_batch = 2
        cls.orders = cls.env["sale.order"].union(
            *(cls._confirm((cls.backorderable, 1)) for _ in range(4))
        )

    def _bring(self, quantity):
        """Add stock without a retry, as when no worker runs."""
        self._force_stock(self.backorderable, quantity)
        self.env.cr.flush()
        self.retries.search([]).unlink()

    def _start(self, role="operator"):
        action = self._as(role, self.env["sale.order"]).action_fulfil_all()
        return self.env["backorder.job"].browse(action["params"]["job_ids"])

    def _work(self):
        """Run the scheduled action like another process."""
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref(
                "backorder_atp_job.ir_cron_process_jobs"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def _get_progress(self):
        messages = map(json.loads, self.env["bus.bus"].search([]).mapped("message"))
        return [
            message["payload"]
            for message in messages
            if message["type"] == "backorder_job/progress"
        ]

    # ------------------------------------------------------------------
    # Processing
    # ------------------------------------------------------------------

    def test_many_orders_are_processed_in_the_background(self):
        """C6: the click returns immediately; the job ends with counts and reasons."""
        self._bring(3)
        job = self._start()
        self.assertEqual((job.state, job.order_count, job.progress), ("waiting", 4, 0))
        self.assertEqual(set(self.orders.mapped("backorder_state")), {"backordered"})
        self._work()
        self.assertEqual(job.state, "done")
        self.assertEqual(
            (job.fulfilled_count, job.backordered_count, job.failed_count), (3, 1, 0)
        )
        self.assertEqual(job.progress, 100)
        last = self.orders[-1]
        backordered = job.line_ids.filtered(lambda line: line.result == "backordered")
        self.assertEqual(backordered.order_id, last)
        self.assertIn("1.0 Units of Backorderable", backordered.message)

    def test_few_orders_are_processed_immediately(self):
        """C6: orders that fit into one retry need no job."""
        self._bring(2)
        action = self._as("operator", self.orders[:2]).action_fulfil()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("2 fulfilled", action["params"]["message"])
        self.assertFalse(self.env["backorder.job"].search([]))

    def test_orders_follow_the_queue(self):
        """C3: urgent orders come first in the background, too."""
        self.orders[3].backorder_priority = "urgent"
        self._bring(1)
        job = self._start()
        self.assertEqual(job.queue[0], self.orders[3].id)
        self._work()
        self.assertEqual(self.orders[3].backorder_state, "allocated")

    def test_requester_is_logged(self):
        """C8: the log names the user who clicked, not the scheduled action."""
        self._bring(1)
        self._start()
        self._work()
        event = self._get_events("order:retry", order_id=self.orders[0])
        self.assertEqual(event.user_id, self.users["operator"])
        self.assertEqual(event.trigger_source, "fulfil:backorder_operator")

    def test_killed_job_continues(self):
        """C6: results are kept; the next run continues after them."""
        self._bring(4)
        job = self._start()
        self.assertEqual(job._process_safely(), 1)
        self.assertEqual((job.state, job.done_count), ("running", 1))
        # the server stops here: another process finds the committed job
        self._work()
        self.assertEqual((job.state, job.fulfilled_count), ("done", 4))
        for order in self.orders:
            self.assertEqual(len(self._get_events("order:retry", order_id=order)), 1)

    def test_locked_job_is_skipped(self):
        """C6: a job that another worker has locked is skipped."""
        self._start()
        with patch.object(
            type(self.env["backorder.job"]),
            "try_lock_for_update",
            lambda jobs, **_options: jobs.browse(),
        ):
            self._work()
        self.assertEqual(set(self.orders.mapped("backorder_state")), {"backordered"})

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    def _fail_for(self, bad, error):
        orders = type(self.orders)
        original = orders._try_fulfilling

        self.attempts = 0

        def try_fulfilling(records, source):
            if records == bad:
                self.attempts += 1
                raise error
            return original(records, source)

        return patch.object(orders, "_try_fulfilling", try_fulfilling)

    @mute_logger("odoo.addons.backorder_atp_job.models.backorder_job")
    def test_failed_order_does_not_stop_others(self):
        """C6: the failure of one order neither stops nor undoes the others."""
        self._bring(4)
        job = self._start()
        with self._fail_for(self.orders[1], ValueError("broken")):
            self._work()
        self.assertEqual((job.fulfilled_count, job.failed_count), (3, 1))
        failed = job.line_ids.filtered(lambda line: line.result == "failed")
        self.assertEqual(failed.order_id, self.orders[1])
        self.assertIn("server log", failed.message)

    @mute_logger("odoo.addons.backorder_atp_job.models.backorder_job")
    def test_order_in_conflict_fails_after_retries(self):
        """C6: an order that is always in conflict does not delay the others."""
        self._bring(4)
        job = self._start()
        with self._fail_for(self.orders[0], SerializationFailure()):
            self._work()
        self.assertEqual((job.fulfilled_count, job.failed_count), (3, 1))
        self.assertIn("Another user", job.line_ids[0].message)
        self.assertEqual(self.attempts, MAX_ATTEMPTS)

    def test_order_deleted_before_its_turn(self):
        """C6: only the deleted order fails."""
        self._bring(4)
        job = self._start()
        gone = self.orders[0]
        gone._action_cancel()
        gone.unlink()
        self._work()
        self.assertEqual((job.fulfilled_count, job.failed_count), (3, 1))

    def test_order_put_on_hold_before_its_turn(self):
        """C4, C6: an order on hold is skipped, and the result gives the reason."""
        self._bring(4)
        job = self._start()
        self.orders[2].action_hold("credit check")
        self._work()
        self.assertEqual(self.orders[2].backorder_state, "on_hold")
        backordered = job.line_ids.filtered(lambda line: line.result == "backordered")
        self.assertEqual(backordered.message, "On hold: credit check")

    # ------------------------------------------------------------------
    # Progress
    # ------------------------------------------------------------------

    def test_progress_is_sent_to_the_user(self):
        """C6: each step sends a message, the last one with the reasons."""
        self._bring(3)
        self._start()
        self._work()
        progress = self._get_progress()
        self.assertEqual([step["done"] for step in progress], [1, 2, 3, 4])
        self.assertEqual(
            progress[-1]["message"], "3 fulfilled, 1 still backordered, 0 failed"
        )
        self.assertEqual(
            [r["order"] for r in progress[-1]["reasons"]], [self.orders[-1].name]
        )
        self.assertEqual(progress[0]["reasons"], [])
        channel = self.env["bus.bus"].search([], limit=1, order="id desc").channel
        self.assertIn(str(self.users["operator"].partner_id.id), channel)

    def test_large_jobs_send_one_message_per_percent(self):
        """C6: ten thousand orders send a hundred messages."""
        job = self._start()
        job.write({"order_count": 400, "queue": [0] * 400})
        for _ in range(8):
            job._process_next()
        self.env.cr.flush()
        self.assertEqual([step["done"] for step in self._get_progress()], [4, 8])

    def test_progress_can_be_read(self):
        """C6: a dialog opened later shows the current progress."""
        job = self._start()
        [progress] = self._as("operator", job).get_progress()
        self.assertEqual((progress["done"], progress["total"]), (0, 4))

    def test_jobs_of_other_companies_are_hidden(self):
        """C10: users see the progress of their companies only."""
        job = self._start()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        job.company_id = other
        self.env.flush_all()
        with self.assertRaisesRegex(AccessError, "access"):
            self._as("operator", job).get_progress()

    def test_users_cannot_write_jobs(self):
        """C10: only the server writes jobs."""
        job = self._start()
        with self.assertRaisesRegex(AccessError, "not allowed"):
            self._as("manager", job).write({"queue": []})

    def test_old_jobs_are_deleted(self):
        """C6: jobs are deleted after a month; the log is kept."""
        job = self._start()
        self._work()
        self.env["backorder.job"]._gc_jobs()
        self.assertTrue(job.exists())
        job.end_date = fields.Datetime.now() - timedelta(days=31)
        self.env["backorder.job"]._gc_jobs()
        self.assertFalse(job.exists())
        self.assertTrue(self._get_events("order:retry"))

    # ------------------------------------------------------------------
    # For other programs
    # ------------------------------------------------------------------

    def test_process_returns_its_orders(self):
        """C6, E8: processed, fulfilled and pending orders, with reasons."""
        self._bring(1)
        answer = self._as("operator", self.orders[:2]).process_backorders()
        self.assertEqual(answer["processed"], 2)
        [fulfilled], [pending] = answer["fulfilled"], answer["pending"]
        self.assertEqual(fulfilled["orderId"], self.orders[0].id)
        self.assertEqual(fulfilled["status"], "allocated")
        self.assertEqual(pending["orderNumber"], self.orders[1].name)
        self.assertIn("Backorderable", pending["reason"])
        self.assertEqual(answer["failed"], [])
        with self.assertRaisesRegex(AccessError, "Operator"):
            self._as("viewer", self.orders).process_backorders()

    def test_process_without_partial_allocation(self):
        """C6: an order gets everything or nothing more; the attempt is logged."""
        order = self._confirm((self.backorderable, 5))
        self._force_stock(self.backorderable, 2)
        as_operator = self._as("operator", order)
        answer = as_operator.process_backorders(allow_partial=False)
        self.assertEqual(len(answer["pending"]), 1)
        self.assertEqual(order.backorder_state, "backordered")
        self.assertFalse(order.order_line.allocated_qty)
        self.assertTrue(self._get_events("order:retry", order_id=order))
        as_operator.process_backorders()
        self.assertEqual(order.backorder_state, "partially_allocated")
        as_operator.process_backorders(allow_partial=False)
        self.assertEqual(order.order_line.allocated_qty, 2)
        self._force_stock(self.backorderable, 3)
        answer = as_operator.process_backorders(allow_partial=False)
        self.assertEqual(len(answer["fulfilled"]), 1)
        self.assertEqual(order.backorder_state, "allocated")
