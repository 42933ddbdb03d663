# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_open_transfer(self):
        """Show where there is stock of the variants that does not help here."""
        return self.product_variant_ids.action_open_transfer()
