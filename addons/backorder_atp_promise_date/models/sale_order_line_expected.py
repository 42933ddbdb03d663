# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """Expected date of lines on backorder."""

    _inherit = "sale.order.line"

    expected_fulfilment_date = fields.Date(
        "Expected",
        compute="_compute_expected_fulfilment_date",
        help="When the quantity on backorder is expected: the current promised date,"
        " unless it has passed.",
    )
    is_fulfilment_date_confirmed = fields.Boolean(
        "Date Confirmed",
        compute="_compute_expected_fulfilment_date",
        help="Incoming supply covers the line; otherwise the date is based on the"
        " lead time of the vendor.",
    )

    @api.depends("backorder_product_qty", "promised_date", "is_promise_covered")
    def _compute_expected_fulfilment_date(self):
        expected = self._get_expected_fulfilment_date()
        for line in self:
            date, is_confirmed = expected.get(line, (False, False))
            line.expected_fulfilment_date = date
            line.is_fulfilment_date_confirmed = is_confirmed

    def _get_expected_fulfilment_date(self):
        """Return when the quantity on backorder of each line is expected.

        :return: ``{line: (date or False, is_confirmed)}`` for the lines on backorder;
            False without a promised date, or when it has passed
        """
        availability = self.env["stock.availability"]
        expected = {}
        for line in self.filtered("backorder_product_qty"):
            date = line.promised_date
            if date and date >= availability._get_today(line.company_id):
                expected[line] = (date, line.is_promise_covered)
            else:
                expected[line] = (False, False)
        return expected

    def _move_promises(self, found, reasons):
        """Inform the orders whose promised dates changed."""
        result = super()._move_promises(found, reasons)
        self.union(*found).order_id._on_promises_moved()
        return result

    def _prepare_backorder_item(self):
        """Return what is shown to the customer; see the method of the order."""
        self.ensure_one()
        backordered = min(self.backorder_qty, self.product_uom_qty)
        ready = self.product_uom_qty - self.qty_delivered - backordered
        return {
            "line": self,
            "name": self.product_id.with_context(
                display_default_code=False
            ).display_name,
            "unit": self.product_uom_id.name,
            "ordered": self.product_uom_qty,
            "shipped": self.qty_delivered,
            "ready": max(0.0, ready),
            "backordered": backordered,
            "date": self.expected_fulfilment_date,
            "is_confirmed": self.is_fulfilment_date_confirmed,
        }
