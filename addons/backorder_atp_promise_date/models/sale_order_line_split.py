# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """Lines that are split off keep their promised dates."""

    _inherit = "sale.order.line"

    def _get_kept_fields(self):
        return [
            *super()._get_kept_fields(),
            "first_promise_date",
            "is_promise_covered",
            "promise_notified_date",
            "promised_date",
        ]
