# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..transaction import TransactionDict

# What caused it, by product and warehouse whose reservation this transaction leaves to
# the queue.
CONTESTED = TransactionDict("backorder_atp.contested_reservations")


class BackorderRetry(models.Model):
    """Orders that are confirmed at the same time do not compete for one stock row.

    While others promise the same stock, a confirmation leaves its reservation to the
    queue, which is processed right after the commit. Until then the stock that the
    order was promised covers it.
    """

    _inherit = "backorder.retry"

    is_reservation = fields.Boolean(
        "To Be Reserved",
        readonly=True,
        help="Orders confirmed at the same time are promised this stock; it is"
        " reserved for them in the order of the queue.",
    )

    @api.model
    def _leave_reservation(self, key, source):
        """Reserve ``(product_id, warehouse_id)`` after the commit."""
        cr = self.env.cr
        CONTESTED.put(cr, key, source)
        CONTESTED.work_off(cr, self.env["backorder.retry"].sudo()._enqueue_contested)

    @api.model
    def _enqueue_contested(self):
        entries = self._enqueue(CONTESTED.take(self.env.cr))
        entries.is_reservation = True

    @api.model
    def _get_contested_keys(self, products):
        """Return each ``(product_id, warehouse_id)`` whose promised stock is still to
        be reserved."""
        entries = self.sudo().search_fetch(
            [("is_reservation", "=", True), ("product_id", "in", products.ids)],
            ["product_id", "warehouse_id"],
        )
        return CONTESTED.get_all(self.env.cr).keys() | {
            (entry.product_id.id, entry.warehouse_id.id) for entry in entries
        }

    def _can_allocate(self, product, warehouse):
        """Reserve at confirmation even where arrivals are not reserved."""
        return super()._can_allocate(product, warehouse) or (
            any(self.mapped("is_reservation"))
            and warehouse.company_id.promise_phase != "dark"
            and self._get_free_quantity(product, warehouse) > 0
        )
