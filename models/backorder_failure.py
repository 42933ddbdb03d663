# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# What the root addon does in the background. Each feature adds its own tasks.
TASKS = [
    ("retry", "Allocate stock that has arrived"),
    ("undue", "Follow reservation dates"),
    ("escalation", "Put on hold what has waited too long"),
    ("unit", "Convert units of measure"),
]


class BackorderFailure(models.Model):
    """Background work that failed for one record, while everything else went on.

    It disappears by itself once the work succeeds.
    """

    _name = "backorder.failure"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Failed Background Work"
    _order = "last_date desc, id desc"
    _rec_name = "record_name"

    task = fields.Selection(TASKS, required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, ondelete="cascade"
    )
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record ID", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char("Record", readonly=True)
    message = fields.Text("What Went Wrong", readonly=True)
    first_date = fields.Datetime("Since", readonly=True)
    last_date = fields.Datetime("Last Attempt", readonly=True)
    attempts = fields.Integer(readonly=True)

    _record_unique = models.UniqueIndex("(task, res_model, res_id)")

    # ------------------------------------------------------------------
    # Working
    # ------------------------------------------------------------------

    @api.model
    def _work_on_each(self, task, records, work):
        """Do ``work`` for ``records``, and for each alone where that fails.

        What fails for one is undone and reported; the others are done.

        :param work: function of some of the records
        :return: the records that failed
        """
        if not records:
            return records
        error = self._try(work, records)
        if not error:
            self._forget(task, records)
            return records.browse()
        if len(records) == 1:
            self._report(task, records, error)
            return records
        failed = records.browse()
        for record in records:
            failed |= self._work_on_each(task, record, work)
        return failed

    @api.model
    def _try(self, work, records):
        """Return what went wrong, or None. What meets others is not its fault."""
        try:
            with self.env.cr.savepoint():
                work(records)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.warning("Failed for %s", records, exc_info=True)
            return error
        return None

    # ------------------------------------------------------------------
    # Reporting
    # ------------------------------------------------------------------

    @api.model
    def _report(self, task, record, error, company=None):
        """Write down that ``task`` failed for ``record``; ask somebody the first time.

        The failed work has been undone; whoever calls commits.
        """
        failures = self.sudo()
        now = fields.Datetime.now()
        values = {"message": self._describe_error(error), "last_date": now}
        known = failures._find(task, record)
        if known:
            known.write({**values, "attempts": known.attempts + 1})
            return
        company = company or self._get_company(record)
        failure = failures.create(
            {
                **values,
                "task": task,
                "company_id": company.id,
                "res_model": record._name,
                "res_id": record.id,
                "record_name": self._get_record_name(record),
                "first_date": now,
                "attempts": 1,
            }
        )
        failure._ask_for_help(company or self.env.company)

    @api.model
    def _forget(self, task, records):
        """Note that ``task`` succeeded for ``records``."""
        self.sudo()._find(task, records).unlink()

    def _find(self, task, records):
        return self.search(
            [
                ("task", "=", task),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
            ]
        )

    def _describe_error(self, error):
        """Return what a person can do something with, and no more of the rest."""
        if isinstance(error, UserError):
            return str(error)
        return self.env._(
            "Unexpected error (%(kind)s: %(message)s). The server log has the details.",
            kind=type(error).__name__,
            message=str(error)[:200],
        )

    def _get_company(self, record):
        """Return whose record it is, if it can still be read."""
        if record._name == "res.company":
            return record.sudo()
        try:
            return record.sudo().company_id
        except AttributeError:
            return self.env["res.company"]

    def _get_record_name(self, record):
        """Return what the record is called; it may be what is wrong with it."""
        names = []
        self._try(lambda records: names.append(records.display_name), record.sudo())
        return names[0] if names else f"{record._name},{record.id}"

    def _ask_for_help(self, company):
        """Give who answers for backorders something to do, if that is possible."""
        self._try(lambda failure: failure._schedule_help(company), self)

    def _schedule_help(self, company):
        user = company.sudo()._get_backorder_responsible()
        if user:
            labels = dict(self._fields["task"]._description_selection(self.env))
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._(
                    "Failed: %(task)s, %(record)s",
                    task=labels[self.task],
                    record=self.record_name,
                ),
                note=self.message,
            )

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def action_open_record(self):
        """Open the record that the work failed for."""
        self.ensure_one()
        if not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(
                self.env._(
                    "%s has been deleted. This entry will be removed automatically.",
                    self.record_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    @api.autovacuum
    def _gc_failures(self):
        """Forget failures of records that do not exist any more."""
        for failure in self.search([]):
            model = self.env.get(failure.res_model)
            if model is None or not model.browse(failure.res_id).exists():
                failure.unlink()

    def _prepare_overview_line(self):
        return {
            "title": self.record_name,
            "detail": self.message,
            "date": self.last_date,
        }
