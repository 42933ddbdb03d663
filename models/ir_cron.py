# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION

from ..locking import SideCursor, take_next

_logger = logging.getLogger(__name__)


class IrCron(models.Model):
    """Batch processing of scheduled actions, each batch in its own transaction."""

    _inherit = "ir.cron"

    @api.model
    def _notifydb(self):
        """Wake up the workers, if a connection is free.

        Odoo does it after the commit: it must take no connection from other requests,
        nor report as failed what was committed. The workers look for work every minute
        in any case.
        """
        side = SideCursor.open("postgres")
        if not side:
            _logger.info("No connection was free to wake up the scheduled actions.")
            return
        try:
            function = SQL.identifier(ODOO_NOTIFY_FUNCTION)
            side.cr.execute(
                SQL("SELECT %s('cron_trigger', %s)", function, self.env.cr.dbname)
            )
            side.cr.commit()
        finally:
            side.close()

    @api.model
    def _work_off(self, take, work, remaining, again=None, on_error=None):
        """Process one batch after the other until none is left or the time is up.

        Each batch is committed, so an interrupted run continues where it stopped.

        :param take: finds, locks and returns the next batch, or an empty value
        :param work: processes a batch; returns how many of ``remaining`` are done
        :param remaining: number of records to process
        :param again: called with a batch that was rolled back after a conflict with
            another transaction; returns how many are done, or None to end the run
        :param on_error: called with a batch that was rolled back and the error;
            returns how many are done
        """
        time_left = self._commit_progress(remaining=remaining)
        while time_left and (batch := take_next(self.env.cr, take)):
            time_left = self._work_on(batch, work, again, on_error)

    @api.model
    def _work_off_each(self, batches, work, again=None, on_error=None):
        """Process each of ``batches`` once; an error does not affect the others.

        :param work: processes a batch
        :param again: called after a conflict with another transaction; without it,
            the batch is left to the next run
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
        """Process a batch; return the time left, or zero to end the run."""
        try:
            done = work(batch)
            self.env.flush_all()  # conflicts with other transactions are raised here
            return self._commit_progress(done)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            if not again:
                raise
            self.env.cr.rollback()
            _logger.info("%s conflicts with another transaction: %s", batch, error)
            done = again(batch)
        except Exception as error:
            if not on_error:
                raise
            self.env.cr.rollback()
            _logger.exception("%s failed", batch)
            done = on_error(batch, error) or 0
        time_left = self._commit_progress(done or 0)
        return 0 if done is None else time_left
