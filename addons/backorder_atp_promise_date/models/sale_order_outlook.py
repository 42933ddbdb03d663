# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.depends("order_line.expected_promise_date")
    def _compute_promise_outlook(self):
        """Name the day of each short line."""
        return super()._compute_promise_outlook()
