# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES
from odoo.addons.queue_job.exception import RetryableJobError

DONE = "backorder_run/done"
# How often a step that meets other transactions is begun anew before it fails.
MAX_RETRIES = 10


class BackorderRun(models.Model):
    """Large runs are simulated and committed by queue jobs.

    A run that has a step before it stays as it is until the job is done or called
    off: what is committed is what somebody looked at.
    """

    _name = "backorder.run"
    _inherit = ["backorder.run", "mail.activity.mixin"]

    background_step = fields.Selection(
        [("simulate", "Being Simulated"), ("commit", "Being Committed")],
        "In the Background",
        readonly=True,
        copy=False,
        server_only=True,
    )
    background_user_id = fields.Many2one(
        "res.users",
        "Asked For By",
        readonly=True,
        copy=False,
        server_only=True,
    )
    background_date = fields.Datetime(
        "Asked For On", readonly=True, copy=False, server_only=True
    )
    background_job_id = fields.Many2one(
        "queue.job",
        readonly=True,
        copy=False,
        index="btree_not_null",
        server_only=True,
    )
    background_state = fields.Selection(
        [
            ("waiting", "Waiting for its turn"),
            ("running", "Running"),
            ("lost", "Ended without a result"),
        ],
        compute="_compute_background_state",
    )
    background_result = fields.Selection(
        [("done", "Done"), ("changed", "Recalculated"), ("failed", "Failed")],
        "Result in the Background",
        readonly=True,
        copy=False,
        server_only=True,
    )
    background_message = fields.Char(
        "What Came of It", readonly=True, copy=False, server_only=True
    )

    @api.depends("background_step", "background_job_id")
    def _compute_background_state(self):
        for run in self:
            run.background_state = run.background_step and {
                "wait_dependencies": "waiting",
                "pending": "waiting",
                "enqueued": "waiting",
                "started": "running",
            }.get(run.sudo().background_job_id.state, "lost")

    # ------------------------------------------------------------------
    # One thing at a time
    # ------------------------------------------------------------------

    def _check_is_open(self):
        self._check_is_idle()
        return super()._check_is_open()

    def _check_committable(self):
        self._check_is_idle()
        return super()._check_committable()

    def _check_is_idle(self):
        """:raise UserError: when a job is about to work on a run"""
        busy = self.filtered("background_step")
        if busy:
            raise UserError(
                self.env._(
                    "%s is being processed in the background. Wait until it is done,"
                    " or cancel it.",
                    ", ".join(busy.mapped("name")),
                )
            )

    # ------------------------------------------------------------------
    # Asking for it
    # ------------------------------------------------------------------

    def _start(self, step):
        """Leave a step of a large run to a queue job."""
        self._forget_background()
        if not self._is_for_background(step):
            return super()._start(step)
        self._delay_step(step)
        return self._get_delayed_notification()

    def _is_for_background(self, step):
        size = len(self.line_ids) if step == "commit" else self._count_open_moves()
        return 0 < size and self.company_id.backorder_run_background_size <= size

    def _count_open_moves(self):
        """Return about how many lines a simulation would have."""
        warehouses = self._get_warehouses()
        products = self.product_ids or self._get_products(warehouses)
        return (
            self.env["stock.move"]
            .sudo()
            .search_count(
                [
                    ("sale_line_id", "!=", False),
                    ("state", "in", OPEN_MOVE_STATES),
                    ("location_id.warehouse_id", "in", warehouses.ids),
                    ("product_id", "in", products.ids),
                ]
            )
        )

    def _delay_step(self, step):
        channel = self.env["backorder.retry"]._get_job_channel(self.company_id)
        job = self.with_delay(
            channel=channel,
            description=self._get_step_description(step),
            identity_key=f"backorder.run:{self.id}:{step}",
            max_retries=MAX_RETRIES,
        )._work_in_background(step)
        self.sudo().write(
            {
                "background_step": step,
                "background_user_id": self.env.uid,
                "background_date": fields.Datetime.now(),
                "background_job_id": self._find_job(job.uuid).id,
            }
        )

    @api.model
    def _find_job(self, uuid):
        return self.env["queue.job"].sudo().search([("uuid", "=", uuid)])

    def _get_step_description(self, step):
        return {
            "simulate": self.env._("Simulate %s", self.name),
            "commit": self.env._("Commit %s", self.name),
        }[step]

    def _get_delayed_notification(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%s is being processed in the background. You will be notified"
                    " when it is done.",
                    self.name,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_call_off(self):
        """Take back a step that is to be done in the background.

        One that is being done at this moment is undone, unless it is done first.

        :raise AccessError: for whoever is not an inventory manager
        """
        self._check_manager()
        runs = self.filtered("background_step").sudo()
        runs.background_job_id.button_cancelled()
        runs.background_step = False

    def action_discard(self):
        result = super().action_discard()
        self._forget_background()
        return result

    def _forget_background(self):
        """What came of the step before is no news any more."""
        runs = self.filtered("background_result").sudo()
        runs.write({"background_result": False, "background_message": False})
        runs.activity_unlink(["mail.mail_activity_data_todo"])

    # ------------------------------------------------------------------
    # Doing it
    # ------------------------------------------------------------------

    def _work_in_background(self, step):
        """Do a step in the name of who asked for it; a queue job calls this.

        Rights and the state of the run are looked at again. All of it is one
        transaction: a job that dies leaves the run as it was, and is started again.

        :return: what came of it, in words
        :raise RetryableJobError: when it meets another transaction
        """
        run = self.sudo()
        if not run.exists() or run.background_step != step:
            return self.env._("It has been called off.")
        try:
            with self.env.cr.savepoint():
                result, message = self._do_in_background(step)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            raise RetryableJobError(str(error)) from error
        except UserError as error:
            result, message = "failed", str(error)
        run._finish_in_background(result, message)
        return message

    def _do_in_background(self, step):
        """Return what came of a step: a result and a text.

        :raise UserError: when it cannot be done, or not by this user any more
        """
        self.sudo().background_step = False
        self._check_manager()
        if step == "commit":
            self._check_committable()
        else:
            self._check_is_open()
        outcome = super()._start(step)
        if outcome is not True:
            return "changed", outcome["params"]["message"]
        return "done", self._get_done_message(step)

    def _get_done_message(self, step):
        if step == "commit":
            return self.env._("Committed: %s lines change.", len(self.moving_line_ids))
        return self.env._(
            "Simulated: %(better)s lines better off, %(same)s as before, %(worse)s"
            " worse off.",
            better=self.better_count,
            same=self.same_count,
            worse=self.worse_count,
        )

    def _fail_in_background(self, exc_name, **_details):
        """Say on the run that its job has failed; queue_job calls this.

        The job itself keeps the error, for an administrator to see.
        """
        message = (
            self.env._("Other users are changing the same stock. Try again.")
            if exc_name.endswith("FailedJobError")
            else self.env._("Unexpected error; the job queue has the details.")
        )
        self.sudo()._finish_in_background("failed", message)

    def _finish_in_background(self, result, message):
        self.write(
            {
                "background_step": False,
                "background_result": result,
                "background_message": message,
            }
        )
        self._notify_requester()

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _notify_requester(self):
        """Tell who asked at once; what is to be looked at is an activity, too."""
        user = self.background_user_id
        user._bus_send(DONE, self._prepare_done_message())
        if self.background_result != "done" and self.with_user(user).has_access("read"):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self._get_activity_summary(),
                note=self.background_message,
            )

    def _prepare_done_message(self):
        return {
            "id": self.id,
            "name": self.name,
            "result": self.background_result,
            "message": self.background_message,
        }

    def _get_activity_summary(self):
        if self.background_result == "changed":
            return self.env._("Recalculated, not committed: please review it again")
        return self.env._("The run has failed in the background")
