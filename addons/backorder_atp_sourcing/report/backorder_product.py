# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderProduct(models.Model):
    """What to do about a product of the board."""

    _inherit = "backorder.product"

    def _get_short_keys(self):
        """Leave out what names no warehouse: nothing can be brought there."""
        return [
            (row.product_id.id, row.warehouse_id.id) for row in self if row.warehouse_id
        ]

    def action_open_transfer(self):
        """Show where there is stock of these products."""
        return self.env["backorder.transfer"]._open(self._get_short_keys())
