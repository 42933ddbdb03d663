# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """Make-to-order lines covered by purchases."""

    _inherit = "sale.order.line"

    def _get_requested_moments(self, moves):
        """Add purchases for these moves that have no receipt yet."""
        lines = moves.created_purchase_line_ids.filtered(
            lambda line: line.state != "cancel" and not line.move_ids
        )
        return super()._get_requested_moments(moves) + lines.mapped("date_planned")
