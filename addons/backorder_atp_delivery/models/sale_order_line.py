# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_supply_routes(self, product):
        """Use the routes of the delivery method if the line has none, as in Odoo."""
        own, *others = super()._get_supply_routes(product)
        return [own or self.order_id.carrier_id.sudo().route_ids, *others]
