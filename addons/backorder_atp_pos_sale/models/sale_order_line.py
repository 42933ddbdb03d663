# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .sale_order import PAID_STATES


class SaleOrderLine(models.Model):
    """Quantities sold at a point of sale count as delivered."""

    _inherit = "sale.order.line"

    @api.depends("pos_order_line_ids.qty", "pos_order_line_ids.order_id.state")
    def _compute_backorder(self):
        return super()._compute_backorder()

    def _get_delivered_quantities(self):
        delivered = super()._get_delivered_quantities()
        for line in self._origin.sudo():
            quantity = line._get_pos_quantity()
            if not quantity:
                continue
            for product, part in line._get_promise_components(quantity):
                delivered[line.id, product.id] += part
        return delivered

    def _get_pos_quantity(self):
        """Return the quantity sold at points of sale less refunds; product's unit."""
        sold = self.pos_order_line_ids
        return sum(
            line.qty
            for line in sold | sold.refund_orderline_ids
            if line.order_id.state in PAID_STATES
        )

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Leave out the quantity sold at a point of sale.

        Odoo plans its delivery and cancels it when the order is settled; in the monitor
        phase this is left as it is.
        """
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        if self.company_id.sudo().promise_phase == "dark":
            return quantity
        return quantity + self._to_line_unit(self.sudo()._get_pos_quantity())
