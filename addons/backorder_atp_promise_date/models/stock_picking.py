# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_view_queue(self):
        """Show who gets what of the products of this receipt."""
        self.ensure_one()
        products = self.move_ids.product_id.filtered("is_storable")
        return self.env["stock.availability"]._get_queue_action(
            products, self.picking_type_id.warehouse_id
        )
