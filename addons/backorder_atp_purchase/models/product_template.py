# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductTemplate(models.Model):
    """Emergency purchases and expediting from the product."""

    _inherit = "product.template"

    def action_open_purchase(self):
        """Propose an emergency purchase of the variants."""
        return self.product_variant_ids.action_open_purchase()

    def action_open_expedite(self):
        """Show the purchases that bring the variants, and their dates."""
        return self.product_variant_ids.action_open_expedite()
