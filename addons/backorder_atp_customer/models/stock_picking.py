# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPicking(models.Model):
    """Notify customers of shipments."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        for picking in self:
            shipped = picking.move_ids.filtered(
                lambda move: (
                    move.state == "done"
                    and move.quantity
                    and move.location_dest_id._is_outgoing()
                )
            )
            # warehouse users may have no access to the orders
            shipped.sudo().sale_line_id.order_id._notify_shipment(picking)
        return result
