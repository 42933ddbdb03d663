# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import suppress
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests import test_retry
from odoo.addons.backorder_atp.tests.common import BackorderCommon
from odoo.addons.backorder_atp_job.tests import test_fulfilment_job
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import trap_jobs


@tagged("post_install", "-at_install")
class TestRetryByJobs(test_retry.TestRetry):
    """The tests of the scheduled action, with queue jobs (C2, C3)."""

    def _run_retries(self):
        self.env.cr.flush()
        while entries := self.retries.search([]):
            with trap_jobs() as trap:
                self.retries._cron_process()
                trap.assert_jobs_count(
                    len(entries.grouped(lambda c: c._get_identity_key()))
                )
                trap.perform_enqueued_jobs()

    def test_scheduled_action(self):
        """C2: the scheduled action creates the missing queue jobs."""
        orders = self._confirm_many(3)
        self._force_stock(self.backorderable, 3)
        self.env.cr.flush()
        jobs = self.env["queue.job"]
        jobs.search([("model_name", "=", "backorder.retry")]).unlink()
        with self.enter_registry_test_mode():
            self.env.ref(
                "backorder_atp.ir_cron_process_retries"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("backorder_state")), {"backordered"})
        job = jobs.search([("model_name", "=", "backorder.retry")])
        Job.load(self.env, job.uuid).perform()
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("backorder_state")), {"allocated"})


@tagged("post_install", "-at_install")
class TestFulfilmentByJobs(test_fulfilment_job.TestFulfilmentJob):
    """The tests of background jobs, with queue jobs (C6)."""

    def _work(self):
        """Run queue jobs until none is left or none makes progress."""
        jobs = self.env["queue.job"]
        self.env["backorder.job"]._cron_process()
        for _ in range(20):
            self.env.cr.flush()
            pending = jobs.search(
                [("model_name", "=", "backorder.job"), ("state", "=", "pending")]
            )
            for job in pending:
                self._perform(Job.load(self.env, job.uuid))
        self.env.invalidate_all()

    def _perform(self, job):
        """Run the job like the job runner."""
        with suppress(RetryableJobError), self.env.cr.savepoint():
            job.perform()
            job.set_done()
        job.store()


@tagged("post_install", "-at_install")
class TestJobs(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jobs = cls.env["queue.job"]

    def _arrive(self, product=None):
        self._force_stock(product or self.backorderable, 2)
        self.env.cr.flush()

    def _get_jobs(self, product=None, warehouse=None):
        product = product or self.backorderable
        warehouse = warehouse or self.warehouse
        return self.jobs.search(
            [("identity_key", "=", f"backorder.retry:{product.id}:{warehouse.id}")]
        )

    def _process(self):
        self.retries.sudo()._process_queued(self.backorderable.id, self.warehouse.id)

    def test_arrivals_create_one_job(self):
        """C2: while a job is pending, later arrivals create no other."""
        self._confirm((self.backorderable, 9))
        self._arrive()
        job = self._get_jobs()
        self.assertEqual(len(job), 1)
        self.assertEqual(job.channel, f"root.backorder.company_{self.company.id}")
        self.assertEqual(job.max_retries, 0)
        self._arrive()
        self.assertEqual(self._get_jobs(), job)

    def test_arrival_during_a_job_creates_another(self):
        """C2: a job that has started does not cover later arrivals."""
        self._confirm((self.backorderable, 9))
        self._arrive()
        job = self._get_jobs()
        job.sudo().with_context(_job_edit_sentinel=job.EDIT_SENTINEL).state = "started"
        self._arrive()
        self.assertEqual(len(self._get_jobs()), 2)

    def test_conflict_is_retried_later(self):
        """C3: a conflict with another transaction postpones the job."""
        self._confirm((self.backorderable, 9))
        self._arrive()
        with (
            patch.object(
                self.registry["backorder.retry"],
                "_process_batch",
                side_effect=SerializationFailure("in conflict"),
            ),
            self.assertRaisesRegex(RetryableJobError, "in conflict"),
        ):
            self._process()
        pattern = self.env.ref(
            "backorder_atp_queue_job.function_process_queued"
        )._parse_retry_pattern()
        self.assertEqual(sorted(pattern.values()), list(pattern.values()))

    def test_failed_job_is_retried_not_duplicated(self):
        """C2: repeated failures are one job, visible to administrators."""
        self._confirm((self.backorderable, 9))
        self._arrive()
        job = self._get_jobs()
        for _ in range(3):
            job.with_context(_job_edit_sentinel=job.EDIT_SENTINEL).state = "failed"
            self.retries.sudo()._cron_process()
            self.assertEqual(self._get_jobs(), job)
            self.assertEqual(job.state, "pending")

    def test_second_job_for_a_step_does_nothing(self):
        """C6: each order is processed by one job only."""
        orders = (
            self._confirm((self.backorderable, 1)),
            self._confirm((self.backorderable, 1)),
        )
        jobs = self.env["backorder.job"]._start("fulfil", orders[0] + orders[1])
        jobs._process_step(0)
        jobs._process_step(0)
        self.assertEqual(jobs.done_count, 1)

    def test_job_without_a_retry_does_nothing(self):
        """C2: another job may have done its work before."""
        order = self._confirm((self.backorderable, 2))
        self._process()
        self.assertEqual(order.backorder_state, "backordered")
