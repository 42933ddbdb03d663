# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrderLine(models.Model):
    """The available quantity on lines is that on the day the goods leave."""

    _inherit = "sale.order.line"

    @api.model
    def _refresh_undue(self, company):
        self.env["stock.move.line"]._release_expired(company)
        return super()._refresh_undue(company)

    def _get_leaving_day(self, warehouse):
        """Return the day on which the goods leave the warehouse."""
        stock = self.env["stock.availability"].sudo()
        return self._get_wanted_day() - stock._get_security(warehouse)

    def _get_promisable(self, parts):
        left = super()._get_promisable(parts)
        stock = self.env["stock.availability"].sudo()
        # each line separately: callers deduct the demand of the other lines
        days = [
            (product, warehouse, 0.0, line._get_leaving_day(warehouse))
            for line in self
            for product in parts[line]
            for warehouse in line.warehouse_id._origin
        ]
        return stock._limit_to_days(left, days, self.order_id._origin)
