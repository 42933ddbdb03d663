# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

PAID_STATES = ("paid", "done", "invoiced")


class SaleOrder(models.Model):
    """Orders paid at a point of sale are never refused."""

    _inherit = "sale.order"

    def _is_paid_or_signed(self):
        return super()._is_paid_or_signed() or any(
            line.order_id.state in PAID_STATES and line.qty > 0
            for line in self.sudo().pos_order_line_ids
        )
