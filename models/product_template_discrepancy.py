# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    open_discrepancy_count = fields.Integer(
        "Open Discrepancies", compute="_compute_open_discrepancy_count"
    )

    @api.depends("product_variant_ids.open_discrepancy_count")
    def _compute_open_discrepancy_count(self):
        for template in self:
            template.open_discrepancy_count = sum(
                template.product_variant_ids.mapped("open_discrepancy_count")
            )

    def action_view_discrepancies(self):
        """Open the discrepancies of any variant of this product."""
        return self.product_variant_ids.action_view_discrepancies()
