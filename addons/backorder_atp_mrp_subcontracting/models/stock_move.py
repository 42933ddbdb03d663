# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_physical_fact(self):
        """Treat production and consumption at a subcontractor as done."""
        return super()._is_physical_fact() or any(
            move._is_made_by_subcontractor() for move in self
        )

    def _is_made_by_subcontractor(self):
        move = self.sudo()
        return bool(
            move.location_id.is_subcontract()
            and (
                move.is_subcontract or move.raw_material_production_id.subcontractor_id
            )
        )
