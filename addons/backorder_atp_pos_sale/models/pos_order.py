# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_settled_orders(self):
        return super()._get_settled_orders() | self.lines.sale_order_line_id.order_id

    @api.model
    def sync_from_ui(self, orders):
        """Check settled orders after the point of sale has replaced their deliveries.

        In between they would appear to have lost their reservations.
        """
        with self._get_settled_lines(orders)._settling():
            return super().sync_from_ui(orders)

    @api.model
    def _get_settled_lines(self, orders):
        """Return the sales order lines that these orders settle."""
        ids = {
            command[2].get("sale_order_line_id")
            for order in orders
            for command in order.get("lines") or ()
            if len(command) > 2 and isinstance(command[2], dict)
        }
        lines = self.env["sale.order.line"].sudo()
        return lines.browse([id_ for id_ in ids if isinstance(id_, int)]).exists()
