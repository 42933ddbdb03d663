# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """Quotations that stock is kept for have it, whoever else asks."""

    _inherit = "sale.order.line"

    def _get_orders_with_own_stock(self):
        held = self.env["stock.soft.reservation"]._filter_held(self.product_id._origin)
        holding = self.filtered(lambda line: line.product_id._origin in held)
        return super()._get_orders_with_own_stock() | holding.order_id
