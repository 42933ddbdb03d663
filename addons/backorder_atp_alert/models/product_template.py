# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ProductTemplate(models.Model):
    """Products of which more is promised than available."""

    _inherit = "product.template"

    is_backordered = fields.Boolean(
        "Backordered",
        compute="_compute_is_backordered",
        search="_search_is_backordered",
    )

    @api.depends("product_variant_ids.is_backordered")
    def _compute_is_backordered(self):
        for template in self:
            template.is_backordered = any(
                template.product_variant_ids.mapped("is_backordered")
            )

    def _search_is_backordered(self, operator, value):
        if operator != "in":
            return NotImplemented
        products = self.env["product.product"].search([("is_backordered", "=", True)])
        return [
            ("id", "in" if True in value else "not in", products.product_tmpl_id.ids)
        ]

    def action_view_alerts(self):
        """Open the alerts of the variants."""
        return self.product_variant_ids.action_view_alerts()
