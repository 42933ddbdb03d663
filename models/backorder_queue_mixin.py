# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Delay before a failed entry is tried again.
PAUSE = timedelta(hours=1)


class BackorderQueueMixin(models.AbstractModel):
    """A queue of changes by product and warehouse.

    An entry is created in the transaction of the change and processed by a scheduled
    action.
    """

    _name = "backorder.queue.mixin"
    _description = "Queue Entry"
    _order = "id"
    # The scheduled action that processes the queue.
    _cron_xmlid = ""

    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", index=True
    )
    warehouse_id = fields.Many2one("stock.warehouse", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, index=True
    )
    trigger_source = fields.Char("Caused By")
    cause = fields.Char("Caused By (Text)", compute="_compute_cause")
    retry_date = fields.Datetime(
        "Next Attempt", readonly=True, help="When it is tried again after a failure."
    )

    @api.depends("trigger_source")
    @api.depends_context("lang")
    def _compute_cause(self):
        events = self.env["backorder.event"]
        for entry in self:
            entry.cause = events._name_causes(entry.trigger_source)

    @api.model
    def _trigger(self):
        self.env.ref(self._cron_xmlid).sudo()._trigger()

    @api.model
    def _work_off(self, work, on_error=None):
        """Process the entries that are due. After a conflict with another transaction
        the scheduled action runs again at once."""
        self.env["ir.cron"]._work_off(
            self._take_next,
            work,
            self.search_count(self._get_due_domain()),
            again=lambda entries: self._trigger(),
            on_error=on_error,
        )

    @api.model
    def _take_next(self):
        """Lock the entries to process in the next transaction."""
        raise NotImplementedError

    @api.model
    def _get_due_domain(self):
        """Return the domain of the entries that are due."""
        return Domain("retry_date", "=", False) | Domain(
            "retry_date", "<=", fields.Datetime.now()
        )

    def _set_aside(self, task, error):
        """Postpone these entries and report the error."""
        entries = self.exists()
        entries.retry_date = fields.Datetime.now() + PAUSE
        for product, own in entries.grouped("product_id").items():
            self.env["backorder.failure"]._report(
                task, product, error, own.company_id[:1]
            )

    def _get_sources(self):
        """Return the distinct causes of these entries.

        Orders that only joined the queue brought no stock; they are left out if
        there are other causes.
        """
        causes = ", ".join(filter(None, self.mapped("trigger_source"))).split(", ")
        supply = [cause for cause in causes if not cause.startswith("order:")]
        return ", ".join(dict.fromkeys(supply or causes))
