# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockMove(models.Model):
    """A committed run decides the place in the queue, until the next one."""

    _inherit = "stock.move"

    queue_rank = fields.Integer(
        readonly=True,
        help="Place in the queue by the last backorder run: positive before all"
        " others, negative after them, zero by priority and age.",
    )

    def _reserve_up_to(self, quantity):
        """Reserve as much of ``quantity`` (product's unit) as there is."""
        self.ensure_one()
        missing = quantity - self._get_reserved_product_qty()
        if self.product_id.uom_id.compare(missing, 0) > 0:
            needed = self.product_id.uom_id._compute_quantity(
                missing, self.product_uom, rounding_method="HALF-UP"
            )
            self._action_assign(force_qty=needed)
            self._recompute_state()
