# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


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
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(remaining=len(self))
        for company in self:
            if not time_left:
                break
            company._work_safely(task, work, retry)
            time_left = cron._commit_progress(1)

    def _work_safely(self, task, work, retry):
        failures = self.env["backorder.failure"]
        try:
            work(self)
            self.env.flush_all()
            failures._forget(task, self)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            self.env.cr.rollback()
            _logger.info(
                "%s for company %s meets another transaction: %s",
                work.__name__,
                self.id,
                error,
            )
            if retry:
                retry()
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("%s failed for company %s", work.__name__, self.id)
            failures._report(task, self, error)
