# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..locking import take_next

_logger = logging.getLogger(__name__)


class IrCron(models.Model):
    """How scheduled actions work off what there is to do: a transaction each."""

    _inherit = "ir.cron"

    @api.model
    def _work_off(self, take, work, remaining, again=None, on_error=None):
        """Do one batch after the other, until none is left or the time is up.

        Each is committed, so that a killed run goes on where it stopped.

        :param take: returns the next batch, found and locked by what is true now, or
            nothing at the end
        :param work: does it; returns how many of ``remaining`` are done with it
        :param remaining: how many there are now
        :param again: called with a batch that has met another transaction and was
            undone; returns how many are done with it, or None, which ends the run
        :param on_error: called with a batch that was undone, and why; returns how many
            are done with it
        """
        time_left = self._commit_progress(remaining=remaining)
        while time_left and (batch := take_next(self.env.cr, take)):
            time_left = self._work_on(batch, work, again, on_error)

    @api.model
    def _work_off_each(self, batches, work, again=None, on_error=None):
        """Do each of ``batches`` once; the trouble of one is not that of the others.

        :param work: does one of them
        :param again: called where one has met another transaction; without it, that
            is left for the next run
        """
        rest = iter(batches)

        def do(batch, action, *args):
            if action:
                action(*args)
            return len(batch)

        self._work_off(
            lambda: next(rest, None),
            lambda batch: do(batch, work, batch),
            sum(map(len, batches)),
            again=lambda batch: do(batch, again),
            on_error=on_error and (lambda batch, why: do(batch, on_error, batch, why)),
        )

    def _work_on(self, batch, work, again, on_error):
        """Do one batch; return how much time is left, none where the run ends."""
        try:
            done = work(batch)
            self.env.flush_all()  # what meets another transaction does so here
            return self._commit_progress(done)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            if not again:
                raise
            self.env.cr.rollback()
            _logger.info("%s meets another transaction: %s", batch, error)
            done = again(batch)
        except Exception as error:
            if not on_error:
                raise
            self.env.cr.rollback()
            _logger.exception("%s failed", batch)
            done = on_error(batch, error) or 0
        time_left = self._commit_progress(done or 0)
        return 0 if done is None else time_left
