# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.http import request


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    def _in_store_get_close_locations(self, partner_address, product_id=None):
        """Show for each store what can be promised there."""
        locations = super()._in_store_get_close_locations(partner_address, product_id)
        website = self.env["website"].get_current_website()
        if not product_id or not website._is_promise_kept():
            return locations
        product = self.env["product.product"].browse(int(product_id)).sudo()
        warehouses = self.env["stock.warehouse"].sudo()
        cart = (request and request.cart) or self.env["sale.order"].sudo()
        for location in locations:
            location["additional_data"]["in_store_stock_data"] = product._prepare_place(
                website, cart, warehouses.browse(location["id"])
            )
        return locations
