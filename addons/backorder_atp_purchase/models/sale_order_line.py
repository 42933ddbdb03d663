# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """Lines that something is bought for alone."""

    _inherit = "sale.order.line"

    def _get_requested_moments(self, moves):
        """Add what is to be bought for these moves and has no receipt yet."""
        lines = moves.created_purchase_line_ids.filtered(
            lambda line: line.state != "cancel" and not line.move_ids
        )
        return super()._get_requested_moments(moves) + lines.mapped("date_planned")
