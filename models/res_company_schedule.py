# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResCompany(models.Model):
    """What a scheduled action does for each company, by itself."""

    _inherit = "res.company"

    def _work_off(self, task, work, retry=None):
        """Do ``work`` for each company, in a transaction each.

        The trouble of one is not that of the others; it is reported.

        :param task: what it is called among the failures
        :param work: function of one company
        :param retry: called where ``work`` has met another transaction; without it
            the next run of the scheduled action does what is left
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
