# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResCompany(models.Model):
    """Scheduled work by company, in separate transactions."""

    _inherit = "res.company"

    def _work_off(self, task, work, retry=None):
        """Do ``work`` for each company, in a transaction each.

        A failure is reported and does not affect the other companies.

        :param task: the task that failures are reported under
        :param work: function of one company
        :param retry: called where ``work`` conflicts with another transaction; without
            it the next run of the scheduled action does the rest
        """
        failures = self.env["backorder.failure"]

        def work_on(company):
            work(company)
            failures._forget(task, company)

        self.env["ir.cron"]._work_off_each(
            list(self),
            work_on,
            again=retry,
            on_error=lambda company, error: failures._report(task, company, error),
        )
