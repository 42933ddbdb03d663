# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """What to do about what an order waits for."""

    _inherit = "sale.order"

    stock_elsewhere = fields.Text(
        "In Other Warehouses",
        compute="_compute_stock_elsewhere",
        help="What is short here, but could come from another warehouse.",
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
        """Return the ``(product_id, warehouse_id)`` these orders wait for."""
        return self.order_line.filtered("backorder_product_qty")._get_short_keys()

    def action_open_transfer(self):
        """Show where there is stock of what these orders lack."""
        return self.order_line.action_open_transfer()
