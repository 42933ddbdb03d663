# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_open_transfer(self):
        """Show stock of the variants in other warehouses, or not counted."""
        return self.product_variant_ids.action_open_transfer()
