# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """When what waits is expected (E7)."""

    _inherit = "sale.order.line"

    expected_fulfilment_date = fields.Date(
        "Expected",
        compute="_compute_expected_fulfilment_date",
        compute_sudo=True,
        help="When what waits is expected to be in stock.",
    )
    is_fulfilment_date_confirmed = fields.Boolean(
        "Date Confirmed",
        compute="_compute_expected_fulfilment_date",
        compute_sudo=True,
        help="Supply that is on its way covers the line; otherwise the date is what"
        " the vendor usually needs.",
    )

    @api.depends("backorder_product_qty")
    def _compute_expected_fulfilment_date(self):
        expected = self._get_expected_fulfilment_date()
        for line in self:
            date, is_confirmed = expected.get(line, (False, False))
            line.expected_fulfilment_date = date
            line.is_fulfilment_date_confirmed = is_confirmed

    def _get_expected_fulfilment_date(self):
        """Return when what each of these lines waits for is expected (E7).

        What is on its way goes to whoever waits, in the order of the queue. A line
        it does not cover can count on its vendor's lead time only.

        :return: ``{line: (date or False, is_confirmed)}`` for the lines that wait;
            False where nobody can tell
        """
        waiting = self.filtered(
            lambda line: isinstance(line.id, int) and line.backorder_product_qty
        )
        moves = waiting.move_ids._filter_short()
        dates = moves._get_expected_supply_dates()
        expected = {}
        for line in waiting:
            own = [dates.get(move) for move in line.move_ids & moves]
            if own and all(own):
                expected[line] = (max(own), True)
            else:
                expected[line] = (line._get_vendor_date(), False)
        return expected

    def _get_vendor_date(self):
        """Return when goods would come if they were ordered today, or False."""
        product = self.product_id.with_company(self.company_id)
        seller = product._select_seller(quantity=None)
        if not seller:
            return False
        return fields.Date.today() + timedelta(days=seller.delay)

    def _prepare_waiting_item(self):
        """Return what the customer sees of this line; see the order's method."""
        self.ensure_one()
        waiting = min(self.backorder_qty, self.product_uom_qty)
        ready = self.product_uom_qty - self.qty_delivered - waiting
        return {
            "line": self,
            "name": self.product_id.with_context(
                display_default_code=False
            ).display_name,
            "unit": self.product_uom_id.name,
            "ordered": self.product_uom_qty,
            "shipped": self.qty_delivered,
            "ready": max(0.0, ready),
            "waiting": waiting,
            "date": self.expected_fulfilment_date,
            "is_confirmed": self.is_fulfilment_date_confirmed,
        }
