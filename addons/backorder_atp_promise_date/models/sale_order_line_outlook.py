# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrderLine(models.Model):
    """For which day a short line of a quotation can be promised."""

    _inherit = "sale.order.line"

    def _prepare_outlook_line(self, obstacles):
        return {
            **super()._prepare_outlook_line(obstacles),
            "date": fields.Date.to_string(self.expected_promise_date) or False,
            "is_covered": self.is_expected_promise_covered,
        }
