# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_run.tests import test_backorder_run
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job


def perform(run):
    """Run the job of a run like the job runner."""
    run.env.flush_all()
    job = Job.load(run.env, run.sudo().background_job_id.uuid)
    job.perform()
    job.set_done()
    job.store()
    run.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestRunsByJobs(test_backorder_run.TestBackorderRun):
    """The tests of backorder runs, with queue jobs (B3, B4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backorder_run_background_size = 0
        runs = cls.registry["backorder.run"]
        delay = runs._start

        def work(run, step):
            action = delay(run, step)
            if not run.background_step:
                return action
            perform(run)
            if run.background_result == "failed":
                raise UserError(run.background_message)
            if run.background_result == "changed":
                title = run._get_activity_summary()
                return {"params": {"type": "warning", "title": title}}
            return True

        cls.startClassPatcher(patch.object(runs, "_start", work))


@tagged("post_install", "-at_install")
class TestRunInBackground(test_backorder_run.RunCommon):
    """B3, B4: large runs in the background."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backorder_run_background_size = 3

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 10)
        self.first = self._confirm((self.product, 6))
        self.second = self._confirm((self.product, 6))
        self.third = self._confirm((self.product, 6))
        self.run_ = self._as(
            "manager",
            self._create_run((self._of(self.third), "win"), ("[]", "improve")),
        )

    def _simulate(self):
        self.run_.action_simulate()
        perform(self.run_)

    def _get_reservations(self):
        orders = self.first + self.second + self.third
        return [self._get_reserved(order) for order in orders]

    def _get_notified(self):
        """Return the notifications of the requester."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = map(json.loads, self.env["bus.bus"].search([]).mapped("message"))
        return [
            message["payload"]["result"]
            for message in messages
            if message["type"] == "backorder_run/done"
        ]

    # ------------------------------------------------------------------
    # Size
    # ------------------------------------------------------------------

    def test_small_runs_are_processed_immediately(self):
        """B4: below the company's size, no job is created."""
        self.company.backorder_run_background_size = 4
        self.assertIs(self.run_.action_simulate(), True)
        self.assertEqual(self.run_.state, "simulated")
        committed = self.run_.action_commit()
        self.assertEqual(committed["params"]["type"], "success")
        self.assertEqual(self.run_.state, "committed")

    def test_large_runs_create_a_job(self):
        """B4: one job in the company's channel, for the user who requested it."""
        action = self.run_.action_simulate()
        self.assertIn("in the background", action["params"]["message"])
        self.assertEqual(
            (self.run_.state, self.run_.background_step, self.run_.background_state),
            ("draft", "simulate", "waiting"),
        )
        self.assertFalse(self.run_.line_ids)
        job = self.run_.sudo().background_job_id
        self.assertEqual(job.channel, f"root.backorder.company_{self.company.id}")
        self.assertEqual(job.identity_key, f"backorder.run:{self.run_.id}:simulate")
        self.assertEqual(job.user_id, self.users["manager"])
        self.assertIn(self.run_.name, job.name)

    def test_large_run_from_simulation_to_allocation(self):
        """B4: simulated, reviewed, committed; the requester is notified each time."""
        self._simulate()
        self.assertEqual(
            (self.run_.state, self.run_.background_step), ("simulated", False)
        )
        self.assertEqual(self.run_.better_count, 1)
        self.assertIn("1 lines better off", self.run_.background_message)
        self.run_.action_commit()
        self.assertEqual(self._get_reservations(), [6, 4, 0])
        perform(self.run_)
        self.assertEqual(self._get_reservations(), [4, 0, 6])
        self.assertEqual(self.run_.state, "committed")
        self.assertEqual(self.run_.committed_by, self.users["manager"])
        event = self._get_events("run:committed")
        self.assertEqual(event.user_id, self.users["manager"])
        self.assertEqual(self._get_notified(), ["done", "done"])
        self.assertFalse(self.run_.activity_ids)

    # ------------------------------------------------------------------
    # While a job is pending
    # ------------------------------------------------------------------

    def test_run_cannot_change_while_a_job_is_pending(self):
        """B4: the run is committed as it was reviewed."""
        self._simulate()
        self.run_.action_commit()
        for change in (
            self.run_.action_simulate,
            self.run_.action_commit,
            self.run_.action_discard,
            self.run_.unlink,
            lambda: self.run_.write({"on_exception": "all"}),
            lambda: self.run_.segment_ids.write({"strategy": "lose"}),
            lambda: self.run_.segment_ids.unlink(),
            lambda: self.run_.write(
                {"segment_ids": [Command.create({"name": "Sly", "strategy": "lose"})]}
            ),
        ):
            with self.assertRaisesRegex(UserError, "in the background"):
                change()
        self.assertEqual(self.run_.state, "simulated")

    def test_run_shows_the_status_of_its_job(self):
        """B4: queued, in progress or ended without a result."""
        self.run_.action_simulate()
        job = self.run_.sudo().background_job_id
        job = job.with_context(_job_edit_sentinel=job.EDIT_SENTINEL)
        for job_state, state in (
            ("enqueued", "waiting"),
            ("started", "running"),
            ("failed", "lost"),
        ):
            job.state = job_state
            self.run_.invalidate_recordset(["background_state"])
            self.assertEqual(self.run_.background_state, state)

    def test_cancelled_request(self):
        """B4: a cancelled step is not performed when its job runs."""
        self._simulate()
        self.run_.action_commit()
        self.run_.action_call_off()
        self.assertFalse(self.run_.background_step)
        self.assertEqual(self.run_.sudo().background_job_id.state, "cancelled")
        perform(self.run_)
        self.assertEqual(self.run_.state, "simulated")
        self.assertEqual(self._get_reservations(), [6, 4, 0])
        self.run_.action_commit()
        perform(self.run_)
        self.assertEqual(self.run_.state, "committed")

    def test_job_that_runs_twice(self):
        """B4: a job that is started again does nothing."""
        self._simulate()
        self.run_.action_commit()
        perform(self.run_)
        perform(self.run_)
        self.assertEqual(len(self._get_events("run:committed")), 1)

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    def test_changed_run_is_not_committed(self):
        """B4: the requester has to review the changed run."""
        self._simulate()
        self.run_.action_commit()
        self._receive(self.product, 3)
        before = self._get_reservations()
        perform(self.run_)
        self.assertEqual(self._get_reservations(), before)
        self.assertEqual(
            (self.run_.state, self.run_.background_result), ("simulated", "changed")
        )
        self.assertIn("have changed", self.run_.background_message)
        self.assertTrue(all(self.run_.line_ids.mapped("is_recalculated")))
        activity = self.run_.activity_ids
        self.assertEqual(activity.user_id, self.users["manager"])
        self.assertIn("not committed", activity.summary)
        self.assertEqual(self._get_notified(), ["done", "changed"])
        self.run_.action_commit()
        self.assertFalse(self.run_.activity_ids)
        perform(self.run_)
        self.assertEqual(self.run_.state, "committed")

    def test_access_rights_are_checked_again(self):
        """B4: users who are no longer managers commit nothing."""
        self._simulate()
        self.run_.action_commit()
        manager = self.users["manager"]
        manager.group_ids -= self.env.ref("backorder_atp.group_inventory_manager")
        perform(self.run_)
        run = self.run_.sudo()
        self.assertEqual((run.state, run.background_result), ("simulated", "failed"))
        self.assertFalse(run.activity_ids)
        self.assertEqual(self._get_reservations(), [6, 4, 0])

    def test_conflict_with_another_transaction(self):
        """B4: the job is postponed; after many attempts the user is notified."""
        self.run_.action_simulate()
        with (
            patch.object(
                self.registry["backorder.run"],
                "_simulate",
                side_effect=SerializationFailure("in conflict"),
            ),
            self.assertRaisesRegex(RetryableJobError, "in conflict"),
        ):
            perform(self.run_)
        self.assertEqual(self.run_.background_step, "simulate")
        job = Job.load(self.env, self.run_.sudo().background_job_id.uuid)
        self.assertEqual(job.max_retries, 10)
        job.on_fail({"exc_name": "odoo.addons.queue_job.exception.FailedJobError"})
        self.assertEqual(self.run_.background_result, "failed")
        self.assertIn("same stock", self.run_.background_message)

    def test_unexpected_error_is_shown_on_the_run(self):
        """B4: the job keeps the error; the run shows that it failed."""
        self.run_.action_simulate()
        with (
            patch.object(
                self.registry["backorder.run"],
                "_simulate",
                side_effect=ZeroDivisionError("x"),
            ),
            self.assertRaises(ZeroDivisionError),
        ):
            perform(self.run_)
        job = Job.load(self.env, self.run_.sudo().background_job_id.uuid)
        job.set_failed(exc_name="builtins.ZeroDivisionError", exc_info="x")
        job.store()
        job.on_fail({"exc_name": "builtins.ZeroDivisionError", "exc_info": "x"})
        self.assertEqual(
            (self.run_.background_step, self.run_.background_result), (False, "failed")
        )
        self.assertIn("Unexpected", self.run_.background_message)
        self.assertEqual(self.run_.activity_ids.user_id, self.users["manager"])
        self._simulate()
        self.assertEqual(self.run_.state, "simulated")
        self.assertFalse(self.run_.activity_ids)

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_only_managers_cancel_requests(self):
        """C10: the roles that can start a step can cancel it."""
        self.run_.action_simulate()
        for role in ("viewer", "operator", "sales"):
            with self.assertRaises(AccessError):
                self._as(role, self.run_).action_call_off()
        self.assertEqual(self._as("viewer", self.run_).background_state, "waiting")

    def test_step_is_only_requested_by_the_button(self):
        """B4: users cannot write it."""
        for values in ({"background_step": "commit"}, {"background_result": "done"}):
            with self.assertRaisesRegex(AccessError, "cannot be edited"):
                self.run_.write(values)
        created = self.run_.with_context(default_background_step="commit").create(
            {"name": "Sly"}
        )
        self.assertFalse(created.background_step)

    def test_run_of_a_second_company(self):
        """B4: the job runs for the company of the user's request."""
        manager = self.users["manager"]
        home = self.env["res.company"].create({"name": "Home"})
        manager.write({"company_ids": [Command.link(home.id)], "company_id": home.id})
        self.run_ = self.run_.with_context(allowed_company_ids=self.company.ids)
        self._simulate()
        self.assertEqual(self.run_.background_result, "done")
