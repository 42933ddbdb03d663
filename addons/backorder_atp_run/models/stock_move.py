# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class StockMove(models.Model):
    """The last committed run determines the position in the queue."""

    _inherit = "stock.move"

    queue_rank = fields.Integer(
        readonly=True,
        copy=False,
        help="Position in the queue by the last backorder run: positive before all"
        " others, negative after them, zero by priority and age.",
        server_only=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves.filtered("sale_line_id")._keep_queue_rank()
        return moves

    def _keep_queue_rank(self):
        """Copy the queue rank to moves that are split off."""
        for move in self:
            ranked = move._get_split_siblings() - self
            if rank := max(ranked.mapped("queue_rank"), key=abs, default=0):
                move.sudo().queue_rank = rank

    def _get_split_siblings(self):
        return self.sale_line_id.move_ids.filtered(
            lambda move: (
                move.product_id == self.product_id
                and move.location_id == self.location_id
            )
        )

    def _reserve_up_to(self, quantity):
        """Reserve up to ``quantity`` (product's unit), as far as available."""
        self.ensure_one()
        missing = quantity - self._get_reserved_product_qty()
        if self.product_id.uom_id.compare(missing, 0) > 0:
            needed = self.product_id.uom_id._convert_quantity(
                missing, self.product_uom, rounding_method="HALF-UP"
            )
            self._action_assign(force_qty=needed)
            self._recompute_state()
