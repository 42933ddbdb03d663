# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class PromiseDecision(models.AbstractModel):
    """Goods that expire before they leave are not available for the order."""

    _inherit = "promise.decision"

    def _get_left(self, demand, availability, excluded_orders):
        left = super()._get_left(demand, availability, excluded_orders)
        stock = self.env["stock.availability"].sudo()
        days = [
            (product, warehouse, quantity, line._get_leaving_day(warehouse))
            for line, product, warehouse, quantity in demand
            if stock._filter_perishable(product)
        ]
        return stock._limit_to_days(left, days, excluded_orders)
