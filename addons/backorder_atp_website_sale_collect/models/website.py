# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class Website(models.Model):
    _inherit = "website"

    def _get_product_available_qty(self, product, **kwargs):
        """Include the stores of a shop that has no warehouse of its own.

        The place with the most stock decides until one is chosen at checkout.
        """
        quantity = super()._get_product_available_qty(product, **kwargs)
        if (
            self._is_promise_kept()
            and not self.warehouse_id
            and self.sudo().in_store_dm_id
        ):
            product = product._in_shop(self)
            in_stores = self._get_max_in_store_product_available_qty(product)
            quantity = max(quantity, in_stores)
        return quantity

    def _get_delivery_warehouse(self):
        """Return the warehouse that would deliver an order of this visitor."""
        order = self._get_promise_order()
        if order.carrier_id.delivery_type == "in_store":
            order = self._new_promise_order()
        return order.warehouse_id
