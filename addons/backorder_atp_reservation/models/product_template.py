# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    soft_reserved_qty = fields.Float(
        "Soft Reserved", compute="_compute_soft_reserved_qty", digits="Product Unit"
    )

    @api.depends("product_variant_ids.soft_reserved_qty")
    def _compute_soft_reserved_qty(self):
        for template in self:
            template.soft_reserved_qty = sum(
                template.product_variant_ids.mapped("soft_reserved_qty")
            )

    def action_view_soft_reservations(self):
        """Open the soft reservations of all variants of this product."""
        return self.product_variant_ids.action_view_soft_reservations()
