# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.queue_job.exception import RetryableJobError


class BackorderRetry(models.Model):
    """Queue jobs process the retries, one for each product and warehouse."""

    _inherit = "backorder.retry"

    @api.model
    def _enqueue(self, sources):
        """Create the queue jobs in the same transaction as the retries.

        The scheduled action is still triggered. It finds committed retries that were
        not visible yet when their job started.
        """
        entries = super()._enqueue(sources)
        entries._delay_jobs()
        return entries

    @api.model
    def _cron_process(self):
        """Create the missing queue jobs, instead of processing here."""
        tried = self.env["queue.job"]._requeue_failed(self._name)
        self.search([]).filtered(
            lambda entry: entry._get_identity_key() not in tried
        )._delay_jobs()

    def _get_identity_key(self):
        return f"backorder.retry:{self.product_id.id}:{self.warehouse_id.id}"

    def _delay_jobs(self):
        """Create a queue job for each product and warehouse without a pending one."""
        for entries in self.grouped(lambda entry: entry._get_identity_key()).values():
            entries[0]._delay_job()

    def _delay_job(self):
        product, warehouse = self.product_id, self.warehouse_id
        # like the scheduled action: as the system, without a selected company
        entries = self.env(user=SUPERUSER_ID, su=True, context={})["backorder.retry"]
        entries.with_delay(
            channel=self._get_job_channel(warehouse.sudo().company_id),
            description=self.env._(
                "Allocate %(product)s in %(warehouse)s",
                product=product.sudo().display_name,
                warehouse=warehouse.sudo().name,
            ),
            identity_key=self._get_identity_key(),
            max_retries=0,  # a conflict with another transaction is no failure
        )._process_queued(product.id, warehouse.id)

    @api.model
    def _get_job_channel(self, company):
        """Return the channel of a company, which can have its own capacity."""
        return f"root.backorder.company_{company.id}"

    @api.model
    def _process_queued(self, product_id, warehouse_id):
        """Allocate to the next batch of orders, then create a job for the rest.

        One transaction: a job that is killed changes nothing, and the job runner starts
        it again.

        :raise RetryableJobError: when the batch is in conflict with another transaction
        """
        domain = [("product_id", "=", product_id), ("warehouse_id", "=", warehouse_id)]
        entries = self.search(domain)
        if not entries:
            return
        taken = self._take_for_job(entries)
        if not taken:
            raise RetryableJobError(
                "Another worker is processing it.", ignore_retry=True
            )
        try:
            taken._process_batch()
            self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            raise RetryableJobError(str(error)) from error
        self.search(domain, limit=1)._delay_jobs()

    @api.model
    def _take_for_job(self, entries):
        """Lock the oldest retry, or all new ones if it is new."""
        first = entries[0]
        if first.position:
            return first.try_lock_for_update()
        fresh = entries.filtered(lambda entry: not entry.position)
        return fresh.try_lock_for_update()
