# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrderLine(models.Model):
    """Lines of confirmed orders add to the credit of their customer."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        with orders._checking_credit_growth():
            return super().create(vals_list)

    def write(self, vals):
        orders = self.order_id
        if vals.get("order_id"):
            orders |= orders.browse(vals["order_id"])
        with orders._checking_credit_growth():
            return super().write(vals)

    def _get_uninvoiced_amount(self):
        """Return the amount ordered or over-delivered, and not invoiced yet."""
        self.ensure_one()
        ordered = self.product_uom_qty
        if not ordered:
            return 0.0
        taken = ordered
        if ordered > 0 or self.product_id.is_storable:
            taken = max(ordered, self.qty_delivered)
        return self.price_total / ordered * (taken - self.qty_invoiced_posted)

    def _get_unreturned_amount(self):
        """Return the amount of goods still to be returned, which is negative.

        It does not free credit until the goods are back.
        """
        self.ensure_one()
        ordered = self.product_uom_qty
        if ordered >= 0 or not self.product_id.is_storable:
            return 0.0
        return self.price_total / ordered * (ordered - max(ordered, self.qty_delivered))
