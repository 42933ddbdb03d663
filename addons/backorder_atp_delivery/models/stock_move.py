# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _hand_over_to(self, order):
        """Keep the carrier and urgency of the original delivery on a split."""
        former = self.grouped("picking_id")
        result = super()._hand_over_to(order)
        for picking, moves in former.items():
            (moves.picking_id - picking)._keep_terms_of(picking)
        return result

    def _get_returned_qty(self):
        """Return the returned quantity of this move, in its unit."""
        self.ensure_one()
        return sum(
            move.product_uom._convert_quantity(
                move.quantity, self.product_uom, round=False
            )
            for move in self.returned_move_ids
            if move.state == "done"
        )
