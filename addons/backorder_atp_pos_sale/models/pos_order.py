# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_settled_orders(self):
        return super()._get_settled_orders() | self.lines.sale_order_line_id.order_id

    @api.model
    def sync_from_ui(self, orders):
        """Look at settled orders once the till has taken over their deliveries.

        In between they would seem to have lost what was reserved for them.
        """
        with self._get_settled_lines(orders)._settling():
            return super().sync_from_ui(orders)

    @api.model
    def _get_settled_lines(self, orders):
        """Return the order lines that these orders of a till settle."""
        ids = {
            command[2].get("sale_order_line_id")
            for order in orders
            for command in order.get("lines") or ()
            if len(command) > 2 and isinstance(command[2], dict)
        }
        lines = self.env["sale.order.line"].sudo()
        return lines.browse([id_ for id_ in ids if isinstance(id_, int)]).exists()
