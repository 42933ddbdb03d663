# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_view_queue(self):
        """Show who gets what of the next receipt of this product."""
        self.ensure_one()
        variants = self.product_variant_ids
        return self.env["stock.availability"]._get_queue_action(
            variants, variants._get_promise_warehouses()
        )
