# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderGoodwillLine(models.TransientModel):
    """One item of the preview."""

    _name = "backorder.goodwill.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Item of a Goodwill Discount"

    wizard_id = fields.Many2one("backorder.goodwill", ondelete="cascade")
    line_id = fields.Many2one("sale.order.line", required=True, ondelete="cascade")
    product_id = fields.Many2one(related="line_id.product_id")
    quantity = fields.Float("Backordered", digits="Product Unit")
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    price_unit = fields.Float(related="line_id.price_unit")
    discount = fields.Float(related="line_id.discount")
    currency_id = fields.Many2one(related="line_id.currency_id")
    subtotal = fields.Monetary("Amount")
