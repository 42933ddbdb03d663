# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Stock in other warehouses for an order that is short."""

    _inherit = "sale.order"

    stock_elsewhere = fields.Text(
        "In Other Warehouses",
        compute="_compute_stock_elsewhere",
        help="Stock in other warehouses of the products that are short.",
    )

    @api.depends("order_line.stock_elsewhere")
    def _compute_stock_elsewhere(self):
        for order in self:
            order.stock_elsewhere = "\n".join(
                f"{line.product_id.display_name}: {line.stock_elsewhere}"
                for line in order.order_line
                if line.stock_elsewhere
            )

    def _get_short_keys(self):
        """Return the ``(product_id, warehouse_id)`` these orders are short of."""
        return self.order_line.filtered("backorder_product_qty")._get_short_keys()

    def action_open_transfer(self):
        """Show stock for these orders in other warehouses, or not counted."""
        return self.order_line.action_open_transfer()
