# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# Background tasks of the root addon. Each feature adds its own.
TASKS = [
    ("retry", "Allocate stock that has arrived"),
    ("undue", "Apply reservation dates"),
    ("escalation", "Put overdue backorders on hold"),
    ("unit", "Convert units of measure"),
]


class BackorderFailure(models.Model):
    """Background work that failed for one record; other records are not affected.

    The failure is deleted automatically once the work succeeds.
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
    message = fields.Text("Error Message", readonly=True)
    first_date = fields.Datetime("Since", readonly=True)
    last_date = fields.Datetime("Last Attempt", readonly=True)
    attempts = fields.Integer(readonly=True)

    _record_unique = models.UniqueIndex("(task, res_model, res_id)")

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    @api.model
    def _work_on_each(self, task, records, work):
        """Do ``work`` for ``records``; if that fails, for one record at a time.

        A failure is rolled back and reported for its record only.

        :param work: function of a recordset
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
        """Return the error, or None. Concurrency errors are raised for a retry."""
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
        """Record that ``task`` failed for ``record``; the first time, with an activity.

        The failed work has been rolled back; the caller commits.
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
        failure._notify_responsible(company or self.env.company)

    @api.model
    def _forget(self, task, records):
        """Delete the failures of ``records``, because ``task`` succeeded."""
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
        """Return a message for the user; unexpected errors are shortened."""
        if isinstance(error, UserError):
            return str(error)
        return self.env._(
            "Unexpected error (%(kind)s: %(message)s). The server log has the details.",
            kind=type(error).__name__,
            message=str(error)[:200],
        )

    def _get_company(self, record):
        """Return the company of the record, if it can be read."""
        if record._name == "res.company":
            return record.sudo()
        try:
            return record.sudo().company_id
        except AttributeError:
            return self.env["res.company"]

    def _get_record_name(self, record):
        """Return the name of the record, whose computation may fail as well."""
        names = []
        self._try(lambda records: names.append(records.display_name), record.sudo())
        return names[0] if names else f"{record._name},{record.id}"

    def _notify_responsible(self, company):
        """Schedule an activity for the responsible for backorders, if possible."""
        self._try(lambda failure: failure._schedule_responsible(company), self)

    def _schedule_responsible(self, company):
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
    # Actions
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
        """Delete the failures of records that no longer exist."""
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
