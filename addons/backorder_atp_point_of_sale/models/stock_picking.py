# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class StockPicking(models.Model):
    """Sales of a point of sale are always booked."""

    _inherit = "stock.picking"

    @api.model
    def _create_picking_from_pos_order_lines(
        self, location_dest_id, lines, picking_type, partner=False
    ):
        """Book the whole sale, as Odoo silently leaves a refused transfer open."""
        with (
            self.env["backorder.event"]._caused_by(lines.order_id._get_pos_source()),
            self.env["stock.move"]._booking_facts(),
        ):
            return super()._create_picking_from_pos_order_lines(
                location_dest_id, lines, picking_type, partner
            )
