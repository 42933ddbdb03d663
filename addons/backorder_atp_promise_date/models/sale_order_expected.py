# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """When everything that waits is expected."""

    _inherit = "sale.order"

    expected_fulfilment_date = fields.Date(
        "Expected Fulfilment",
        compute="_compute_expected_fulfilment_date",
        help="When the last of the waiting items is expected to be in stock.",
    )
    is_fulfilment_date_confirmed = fields.Boolean(
        "Fulfilment Date Confirmed",
        compute="_compute_expected_fulfilment_date",
        help="Supply that is on its way covers everything the order waits for.",
    )

    @api.depends(
        "order_line.expected_fulfilment_date", "order_line.is_fulfilment_date_confirmed"
    )
    def _compute_expected_fulfilment_date(self):
        """The latest date of the waiting lines; none where one of them has none."""
        for order in self:
            lines = order.order_line.filtered("backorder_product_qty")
            dates = lines.mapped("expected_fulfilment_date")
            order.expected_fulfilment_date = bool(dates) and all(dates) and max(dates)
            order.is_fulfilment_date_confirmed = bool(dates) and all(
                lines.mapped("is_fulfilment_date_confirmed")
            )
