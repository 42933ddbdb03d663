# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderOverrideLine(models.Model):
    """One product that a request asks too much of, with the numbers seen."""

    _name = "backorder.override.line"
    _description = "Stock Approval Item"

    override_id = fields.Many2one(
        "backorder.override", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="override_id.company_id", store=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict")
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="restrict")
    requested_qty = fields.Float("Requested", digits="Product Unit")
    available_qty = fields.Float("Available", digits="Product Unit")
    shortage_qty = fields.Float("Short", digits="Product Unit")
    snapshot = fields.Json()
