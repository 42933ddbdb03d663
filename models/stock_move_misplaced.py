# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """Goods picked for a cancelled delivery or production."""

    _inherit = "stock.move"

    def _action_cancel(self):
        leaving = self.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_id.availability_kind == "outbound"
                and move.product_id.is_storable
            )
        )
        result = super()._action_cancel()
        (leaving - leaving._filter_dark())._notify_misplaced()
        return result

    def _notify_misplaced(self):
        """Ask the responsible to return goods that are no longer needed."""
        for place, moves in self.grouped("location_id").items():
            products = moves.product_id.sudo()
            for quant, quantity in products._get_misplaced(place.warehouse_id):
                quant._schedule_bringing_back(quantity)
