# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """When everything that waits is expected (E7)."""

    _inherit = "sale.order"

    expected_fulfilment_date = fields.Date(
        "Expected Fulfilment",
        compute="_compute_expected_fulfilment_date",
        compute_sudo=True,
        help="When the last of the waiting items is expected to be in stock.",
    )
    is_fulfilment_date_confirmed = fields.Boolean(
        "Fulfilment Date Confirmed",
        compute="_compute_expected_fulfilment_date",
        compute_sudo=True,
        help="Supply that is on its way covers everything the order waits for.",
    )

    @api.depends("order_line.expected_fulfilment_date")
    def _compute_expected_fulfilment_date(self):
        """The latest date of the waiting lines; none where one of them has none."""
        # all lines at once, so that their dates are read at once
        waiting = self.order_line.filtered("backorder_product_qty")
        by_order = waiting.grouped("order_id")
        for order in self:
            lines = by_order.get(order, waiting.browse())
            dates = lines.mapped("expected_fulfilment_date")
            order.expected_fulfilment_date = bool(dates) and all(dates) and max(dates)
            order.is_fulfilment_date_confirmed = bool(dates) and all(
                lines.mapped("is_fulfilment_date_confirmed")
            )

    def _forget_expected_dates(self):
        """Read the dates anew: they follow supply that these orders do not own."""
        names = ["expected_fulfilment_date", "is_fulfilment_date_confirmed"]
        self.order_line.invalidate_recordset(names, flush=False)
        self.invalidate_recordset(names, flush=False)
