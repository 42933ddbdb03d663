# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Until a note is tried again that failed.
PAUSE = timedelta(hours=1)


class BackorderQueueMixin(models.AbstractModel):
    """A note that something changed for a product in a warehouse.

    Written in the transaction of the change, worked off by a scheduled action.
    """

    _name = "backorder.queue.mixin"
    _description = "Note of a Change"
    _order = "id"
    # The scheduled action that works the notes off.
    _cron_xmlid = ""

    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", index=True
    )
    warehouse_id = fields.Many2one("stock.warehouse", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, index=True
    )
    trigger_source = fields.Char("Caused By")
    retry_date = fields.Datetime(
        "Next Attempt", readonly=True, help="When it is tried again after a failure."
    )

    @api.model
    def _trigger(self):
        self.env.ref(self._cron_xmlid).sudo()._trigger()

    @api.model
    def _work_off(self, work, on_error=None):
        """Work off the notes that are due; what meets another transaction is left for
        a run that comes at once."""
        self.env["ir.cron"]._work_off(
            self._take_next,
            work,
            self.search_count(self._get_due_domain()),
            again=lambda notes: self._trigger(),
            on_error=on_error,
        )

    @api.model
    def _take_next(self):
        """Lock the notes that are worked off next in one transaction."""
        raise NotImplementedError

    @api.model
    def _get_due_domain(self):
        """Return which notes are to be worked off now."""
        return Domain("retry_date", "=", False) | Domain(
            "retry_date", "<=", fields.Datetime.now()
        )

    def _set_aside(self, task, error):
        """Let the others go first, and report what these stumbled over."""
        notes = self.exists()
        notes.retry_date = fields.Datetime.now() + PAUSE
        for product, own in notes.grouped("product_id").items():
            self.env["backorder.failure"]._report(
                task, product, error, own.company_id[:1]
            )

    def _get_sources(self):
        """Return what caused these notes, each cause once.

        Orders that only joined the queue brought no stock: they are not named beside
        what did.
        """
        causes = ", ".join(filter(None, self.mapped("trigger_source"))).split(", ")
        supply = [cause for cause in causes if not cause.startswith("order:")]
        return ", ".join(dict.fromkeys(supply or causes))
