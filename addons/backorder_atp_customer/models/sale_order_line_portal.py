# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES


class SaleOrderLine(models.Model):
    """Cancelling the backordered quantity of a line."""

    _inherit = "sale.order.line"

    def _cancel_share(self, share):
        """Reduce the quantity by ``share`` at the agreed price, with its deliveries."""
        self.ensure_one()
        if share.is_whole:
            moves = self.move_ids.filtered(lambda move: move.state in OPEN_MOVE_STATES)
        else:
            moves = self.env["stock.move"].union(
                *(move._split_chain(part) for move, part in share.moves.items())
            )
        moves._action_cancel()
        self._set_agreed_qty(self.product_uom_qty - share.quantity)

    def _prepare_cancelled_item(self, quantity):
        return {
            "lineId": self.id,
            "productId": self.product_id.id,
            "product": self.product_id.display_name,
            "quantity": quantity,
            "unit": self.product_uom_id.name,
        }
