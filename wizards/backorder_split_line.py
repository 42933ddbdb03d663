# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderSplitLine(models.TransientModel):
    """An item of the preview, in one of both orders."""

    _name = "backorder.split.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Item of a Split Backorder"

    ship_split_id = fields.Many2one("backorder.split", ondelete="cascade")
    backorder_split_id = fields.Many2one("backorder.split", ondelete="cascade")
    line_id = fields.Many2one("sale.order.line", required=True, ondelete="cascade")
    product_id = fields.Many2one(related="line_id.product_id")
    quantity = fields.Float(digits="Product Unit")
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
