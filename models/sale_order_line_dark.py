# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrderLine(models.Model):
    """In the monitor phase shortages are shown to administrators only."""

    _inherit = "sale.order.line"

    @api.depends("order_id.company_id.promise_phase")
    @api.depends_context("uid")
    def _compute_promise_available_qty(self):
        result = super()._compute_promise_available_qty()
        for line in self:
            if line.is_promise_short and not line.order_id._is_promise_shown():
                line.is_promise_short = False
        return result
