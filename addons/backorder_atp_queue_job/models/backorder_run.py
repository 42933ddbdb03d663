# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES
from odoo.addons.queue_job.exception import RetryableJobError

DONE = "backorder_run/done"
# Number of attempts for a step in conflict with other transactions.
MAX_RETRIES = 10


class BackorderRun(models.Model):
    """Queue jobs simulate and commit large runs.

    A run with a pending job cannot be changed until the job is done or cancelled, so
    that users commit what they have reviewed.
    """

    _name = "backorder.run"
    _inherit = ["backorder.run", "mail.activity.mixin"]

    background_step = fields.Selection(
        [("simulate", "Simulating"), ("commit", "Committing")],
        "In the Background",
        readonly=True,
        copy=False,
        server_only=True,
    )
    background_user_id = fields.Many2one(
        "res.users",
        "Requested By",
        readonly=True,
        copy=False,
        server_only=True,
    )
    background_date = fields.Datetime(
        "Requested On", readonly=True, copy=False, server_only=True
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
            ("waiting", "Queued"),
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
        "Result", readonly=True, copy=False, server_only=True
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
    # One step at a time
    # ------------------------------------------------------------------

    def _check_is_open(self):
        self._check_is_idle()
        return super()._check_is_open()

    def _check_committable(self):
        self._check_is_idle()
        return super()._check_committable()

    def _check_is_idle(self):
        """:raise UserError: when a run has a pending job"""
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
    # Requests
    # ------------------------------------------------------------------

    def _start(self, step):
        """Create a queue job for a step of a large run."""
        self._forget_background()
        if not self._is_for_background(step):
            return super()._start(step)
        self._delay_step(step)
        return self._get_delayed_notification()

    def _is_for_background(self, step):
        size = len(self.line_ids) if step == "commit" else self._count_open_moves()
        return 0 < size and self.company_id.backorder_run_background_size <= size

    def _count_open_moves(self):
        """Return the approximate number of lines of a simulation."""
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
        """Cancel a step that was requested in the background.

        A step in progress is rolled back, unless it is committed first.

        :raise AccessError: for users who are not inventory managers
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
        """Clear the result of the previous step."""
        runs = self.filtered("background_result").sudo()
        runs.write({"background_result": False, "background_message": False})
        runs.activity_unlink(["mail.mail_activity_data_todo"])

    # ------------------------------------------------------------------
    # Processing
    # ------------------------------------------------------------------

    def _work_in_background(self, step):
        """Perform a step as the user who requested it; called by a queue job.

        Access rights and the state of the run are checked again. All in one
        transaction: a job that is killed changes nothing, and is started again.

        :return: the result as text
        :raise RetryableJobError: on a conflict with another transaction
        """
        run = self.sudo()
        if not run.exists() or run.background_step != step:
            return self.env._("The request was cancelled.")
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
        """Return the result of a step, as a key and a text.

        :raise UserError: when it is no longer possible, or not allowed for the user
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
        """Show on the run that its job has failed; called by queue_job.

        The job keeps the error for administrators.
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
    # Notifications
    # ------------------------------------------------------------------

    def _notify_requester(self):
        """Notify the requester; results that need a review also get an activity."""
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
        return self.env._("The run failed in the background")
