# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    held_qty = fields.Float("Held", compute="_compute_held_qty", digits="Product Unit")

    @api.depends("product_variant_ids.held_qty")
    def _compute_held_qty(self):
        for template in self:
            template.held_qty = sum(template.product_variant_ids.mapped("held_qty"))

    def action_view_soft_reservations(self):
        """Open what is held of any variant of this product."""
        return self.product_variant_ids.action_view_soft_reservations()
