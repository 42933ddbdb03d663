# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import SUPERUSER_ID, api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.backorder_atp_job.models.backorder_job import MAX_ATTEMPTS
from odoo.addons.queue_job.exception import RetryableJobError

_logger = logging.getLogger(__name__)


class BackorderJob(models.Model):
    """Queue jobs fulfil many orders, one after the other."""

    _inherit = "backorder.job"

    def _schedule(self):
        """Create a queue job for each job, in the current transaction."""
        for job in self:
            job._delay_next()

    @api.model
    def _cron_process(self):
        """Create the missing queue jobs, instead of processing here."""
        tried = self.env["queue.job"]._requeue_failed(self._name)
        self._get_open().filtered(
            lambda job: job._get_identity_key() not in tried
        )._schedule()

    def _get_identity_key(self):
        """Create one queue job per step; a second one for it does nothing."""
        return f"backorder.job:{self.id}:{self.done_count}"

    def _delay_next(self):
        checks = self.env["backorder.retry"]
        self.with_env(self.env(user=SUPERUSER_ID, su=True, context={})).with_delay(
            channel=checks._get_job_channel(self.company_id),
            description=self.env._(
                "%(job)s: %(done)s of %(total)s orders",
                job=self.display_name,
                done=self.done_count,
                total=self.order_count,
            ),
            identity_key=self._get_identity_key(),
            max_retries=0,  # a conflict with another transaction is no failure
        )._process_step(self.done_count)

    def _process_step(self, position):
        """Process the next orders, then create a queue job for the following ones.

        :param position: number of orders done when the queue job was created
        :raise RetryableJobError: on a conflict with another transaction
        """
        if not self.exists() or self.done_count != position or self.state == "done":
            return
        if not self.try_lock_for_update():
            raise RetryableJobError(
                "Another worker is processing it.", ignore_retry=True
            )
        try:
            with self.env.cr.savepoint():
                self._process_next()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            if not self._is_last_attempt():
                raise RetryableJobError(str(error)) from error
            self._fail_next(position, self._get_busy_message())
        except Exception:
            _logger.exception("%s failed at position %s", self, position)
            self._fail_next(position, self._get_unexpected_message())
        if self.state != "done":
            self._delay_next()

    def _is_last_attempt(self):
        """Whether the queue job has reached the maximum number of conflicts."""
        job = self.env["queue.job"].search(
            [("uuid", "=", self.env.context.get("job_uuid"))]
        )
        return job.retry + 1 >= MAX_ATTEMPTS
