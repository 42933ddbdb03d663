# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# Number of attempts for an order in conflict with other transactions.
MAX_ATTEMPTS = 5
KEPT_DAYS = 30
COUNTERS = {
    "fulfilled": "fulfilled_count",
    "backordered": "backordered_count",
    "failed": "failed_count",
}


class BackorderJob(models.Model):
    """An operation on many orders in the background, with visible progress.

    The orders are recorded when the job is created. A scheduled action processes them,
    each in its own transaction together with its result. If the server stops, no result
    is lost, and the next run continues where it stopped. The job is locked while it is
    processed, so that two workers never process the same order.
    """

    _name = "backorder.job"
    _description = "Backorder Job"
    _order = "id desc"

    operation = fields.Selection(
        [("fulfil", "Fulfil")], required=True, readonly=True, default="fulfil"
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
        required=True,
        readonly=True,
        default="waiting",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Requested By", required=True, readonly=True, ondelete="cascade"
    )
    queue = fields.Json(
        readonly=True, help="The ids of the orders to process, in this order."
    )
    attempts = fields.Integer(
        readonly=True,
        help="How often the next order was in conflict with another transaction.",
    )
    order_count = fields.Integer("Orders", readonly=True)
    done_count = fields.Integer("Done", readonly=True)
    fulfilled_count = fields.Integer("Fulfilled", readonly=True)
    backordered_count = fields.Integer("Still Backordered", readonly=True)
    failed_count = fields.Integer("Failed", readonly=True)
    progress = fields.Float("Progress (%)", compute="_compute_progress")
    message = fields.Char("Result", compute="_compute_message")
    end_date = fields.Datetime("Done On", readonly=True)
    line_ids = fields.One2many("backorder.job.line", "job_id", "Results", readonly=True)

    _open_idx = models.Index("(id) WHERE state != 'done'")

    @api.depends("operation", "create_date")
    def _compute_display_name(self):
        labels = dict(self._fields["operation"]._description_selection(self.env))
        for job in self:
            date = fields.Datetime.context_timestamp(
                job, job.create_date or fields.Datetime.now()
            )
            job.display_name = f"{labels[job.operation]}, {date:%Y-%m-%d %H:%M}"

    @api.depends("order_count", "done_count")
    def _compute_progress(self):
        for job in self:
            job.progress = (
                100 * job.done_count / job.order_count if job.order_count else 100.0
            )

    def _compute_message(self):
        for job in self:
            job.message = job._get_message()

    # ------------------------------------------------------------------
    # Creation
    # ------------------------------------------------------------------

    @api.model
    def _start(self, operation, orders):
        """Create jobs that process ``orders`` in the given order.

        The caller checks the access rights of the user.

        :return: the jobs, one for each company
        """
        jobs = self.sudo().create(
            [
                self._prepare_job(operation, company, own_orders)
                for company, own_orders in orders.sudo().grouped("company_id").items()
            ]
        )
        jobs._schedule()
        return jobs

    def _prepare_job(self, operation, company, orders):
        return {
            "operation": operation,
            "company_id": company.id,
            "user_id": self.env.uid,
            "queue": orders.ids,
            "order_count": len(orders),
        }

    def _schedule(self):
        """Trigger the processing of these jobs after the commit."""
        self.env.ref("backorder_atp_job.ir_cron_process_jobs").sudo()._trigger()

    # ------------------------------------------------------------------
    # Processing
    # ------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Process the open jobs, committing after each order."""
        self.env["ir.cron"]._work_off(
            self._take_next,
            lambda job: job._process_safely(),
            self._count_remaining(),
            again=lambda job: self._schedule(),
        )

    @api.model
    def _count_remaining(self):
        jobs = self._get_open()
        return sum(job.order_count - job.done_count for job in jobs)

    @api.model
    def _get_open(self, limit=None):
        """Return the open jobs, oldest first."""
        return self.search([("state", "!=", "done")], order="id", limit=limit)

    @api.model
    def _take_next(self):
        """Lock the oldest job that no other worker is processing."""
        return self._get_open(limit=100).try_lock_for_update(limit=1)

    def _process_safely(self):
        """Process the next orders, or record why they failed.

        :return: the number of orders processed
        """
        position = self.done_count
        try:
            done = self._process_next()
            self.env.cr.flush()  # conflicts with other transactions occur here
            return done
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            self.env.cr.rollback()
            _logger.info("%s is in conflict with another transaction: %s", self, error)
            return self._retry_later(position)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("%s failed at position %s", self, position)
            return self._fail_next(position, self._get_unexpected_message())

    def _process_next(self):
        orders = self._get_next_orders()
        results = self._run(orders.exists()) if orders else {}
        for order in orders - orders.exists():
            results[order] = self._prepare_result("failed", self._get_missing_message())
        self._record(orders, results)
        return len(orders)

    def _get_next_orders(self):
        """Return the orders of one transaction, with the rights of the requester."""
        ids = self.queue[self.done_count : self.done_count + self._get_step()]
        return self._with_requester(self.env["sale.order"].browse(ids))

    def _with_requester(self, records):
        return (
            records.with_user(self.user_id)
            .with_context(
                allowed_company_ids=self.company_id.ids, lang=self.user_id.lang
            )
            .sudo()
        )

    def _get_step(self):
        """Number of orders per transaction: one, so that failures stay separate."""
        return 1

    def _run(self, orders):
        """Perform the operation; return ``{order: values of its result}``."""
        source = f"{self.operation}:{self.user_id.login}"
        return {
            order: self._prepare_result(result, message)
            for order, (result, message) in orders._try_fulfilling(source).items()
        }

    def _prepare_result(self, result, message=False, **values):
        return {"result": result, "message": message, **values}

    def _get_busy_message(self):
        return self.env._("Another user is changing this order. Try again.")

    def _get_unexpected_message(self):
        return self.env._("Unexpected error; the server log has the details.")

    def _get_missing_message(self):
        return self.env._("The order no longer exists.")

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    def _record(self, orders, results):
        """Record the results of ``orders`` and continue with the next ones."""
        self.env["backorder.job.line"].sudo().create(
            [
                self._prepare_line(order, values)
                for order, values in results.items()
                if self._is_worth_keeping(values) and order.exists()
            ]
        )
        counted = {
            name: self[name]
            + sum(values["result"] == result for values in results.values())
            for result, name in self._get_counters().items()
        }
        before, done = self.done_count, self.done_count + len(orders)
        is_done = done >= self.order_count
        self.write(
            {
                **counted,
                "done_count": done,
                "attempts": 0,
                "state": "done" if is_done else "running",
                "end_date": is_done and fields.Datetime.now(),
            }
        )
        # one message per percent, whatever the number of orders
        if is_done or len({n * 100 // self.order_count for n in (before, done)}) > 1:
            self._send_progress()

    def _prepare_line(self, order, values):
        return {
            "job_id": self.id,
            "order_id": order.id,
            "order_name": order.name,
            **values,
        }

    def _is_worth_keeping(self, values):
        return True

    def _get_counters(self):
        """Return ``{result: field with its count}``."""
        return COUNTERS

    def _retry_later(self, position):
        """Count the attempt; after too many, the order has failed."""
        if not self._relock(position):
            return 0
        if self.attempts + 1 >= MAX_ATTEMPTS:
            return self._fail_next(position, self._get_busy_message())
        self.attempts += 1
        return 0

    def _fail_next(self, position, message):
        if not self._relock(position):
            return 0
        orders = self._get_next_orders()
        self._record(
            orders,
            {order: self._prepare_result("failed", message) for order in orders},
        )
        return len(orders)

    def _relock(self, position):
        """Lock the job again after a rollback, unless another worker continued it."""
        return bool(self.try_lock_for_update()) and self.done_count == position

    # ------------------------------------------------------------------
    # Cleanup
    # ------------------------------------------------------------------

    @api.autovacuum
    def _gc_jobs(self):
        """Delete old jobs; the log keeps their results."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("state", "=", "done"), ("end_date", "<", limit)]).unlink()
