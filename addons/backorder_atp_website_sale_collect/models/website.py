# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class Website(models.Model):
    _inherit = "website"

    def _get_product_available_qty(self, product, **kwargs):
        """Count the stores, also of a shop whose warehouse something else names.

        The place that has most decides, until the shopper chooses one at checkout.
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
        """Return where an order of this visitor leaves from if it is delivered."""
        order = self._get_promise_order()
        if order.carrier_id.delivery_type == "in_store":
            order = self._new_promise_order()
        return order.warehouse_id
