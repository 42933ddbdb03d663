# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """Soft reserved stock is available to its quotations first."""

    _inherit = "sale.order.line"

    def _get_orders_with_own_stock(self):
        reserved = self.env["stock.soft.reservation"]._filter_soft_reserved(
            self.product_id._origin
        )
        reserving = self.filtered(lambda line: line.product_id._origin in reserved)
        return super()._get_orders_with_own_stock() | reserving.order_id
