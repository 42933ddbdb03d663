# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("order_id.opportunity_id")
    def _compute_promise_available_qty(self):
        return super()._compute_promise_available_qty()

    def _get_promisable(self, parts):
        """Add the soft reservations of the opportunity to an unsaved quotation.

        The database does not link the two until the quotation is saved.
        """
        left = super()._get_promisable(parts)
        for order in self.order_id.filtered(lambda order: not order._origin):
            reserved = order.opportunity_id._origin._get_reserved_quantities()
            for (product, warehouse), quantity in reserved.items():
                key = (product.id, warehouse.id)
                left[key] = left.get(key, 0.0) + quantity
        return left
