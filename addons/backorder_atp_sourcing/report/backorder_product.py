# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderProduct(models.Model):
    """Actions for a product of the board."""

    _inherit = "backorder.product"

    def _get_short_keys(self):
        """Leave out rows without a warehouse."""
        return [
            (row.product_id.id, row.warehouse_id.id) for row in self if row.warehouse_id
        ]

    def action_open_transfer(self):
        """Show stock of these products in other warehouses, or not counted."""
        return self.env["backorder.transfer"]._open(self._get_short_keys())
