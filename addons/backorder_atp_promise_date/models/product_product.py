# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_view_queue(self):
        """Show who gets what of the next receipt of this product."""
        self.ensure_one()
        return self.env["stock.availability"]._get_queue_action(
            self, self._get_promise_warehouses()
        )
