# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderProduct(models.Model):
    """Emergency purchases and expediting from the board."""

    _inherit = "backorder.product"

    def action_open_purchase(self):
        """Propose an emergency purchase of these products, or of all short ones."""
        rows = self or self.search([])
        return self.env["backorder.purchase"]._open(rows._get_short_keys())

    def action_open_expedite(self):
        """Show the purchases that bring these products, and their dates."""
        return self.env["backorder.expedite"]._open(self._get_short_keys())
