# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Expected date of the items on backorder."""

    _inherit = "sale.order"

    expected_fulfilment_date = fields.Date(
        "Expected Fulfilment",
        compute="_compute_expected_fulfilment_date",
        help="When the last of the items on backorder is expected.",
    )
    is_fulfilment_date_confirmed = fields.Boolean(
        "Fulfilment Date Confirmed",
        compute="_compute_expected_fulfilment_date",
        help="Incoming supply covers all items on backorder.",
    )

    @api.depends(
        "order_line.expected_fulfilment_date", "order_line.is_fulfilment_date_confirmed"
    )
    def _compute_expected_fulfilment_date(self):
        """The latest date of the lines on backorder; none if one of them has none."""
        for order in self:
            lines = order.order_line.filtered("backorder_product_qty")
            dates = lines.mapped("expected_fulfilment_date")
            order.expected_fulfilment_date = bool(dates) and all(dates) and max(dates)
            order.is_fulfilment_date_confirmed = bool(dates) and all(
                lines.mapped("is_fulfilment_date_confirmed")
            )
