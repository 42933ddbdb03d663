# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """Carts with Click & Collect are limited by the warehouse with the most stock."""

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Warehouse
    # ------------------------------------------------------------------

    def _is_collected(self):
        """Whether the customer has chosen a store for pickup."""
        return bool(
            self.carrier_id.delivery_type == "in_store" and self.pickup_location_data
        )

    def _get_chosen_warehouses(self):
        """Return the store ahead of other chosen warehouses."""
        warehouses = super()._get_chosen_warehouses()
        if not self._is_collected():
            return warehouses
        store_id = self.pickup_location_data["id"]
        return [self.env["stock.warehouse"].sudo().browse(store_id), *warehouses]

    def _set_pickup_location(self, pickup_location_data):
        """Allow only the stores of the delivery method.

        :raise ValidationError: for any other warehouse
        """
        if self._is_cart_promised() and self.carrier_id.delivery_type == "in_store":
            store = json.loads(pickup_location_data) or {}
            stores = self.carrier_id.sudo().warehouse_ids
            if store and store.get("id") not in stores.ids:
                raise ValidationError(
                    self.env._("Please choose one of our stores to collect from.")
                )
        return super()._set_pickup_location(pickup_location_data)

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    def _verify_updated_quantity(
        self, order_line, product_id, new_qty, uom_id, **kwargs
    ):
        """Apply before checkout the limit of the warehouse with the most stock."""
        quantity, warning = super()._verify_updated_quantity(
            order_line, product_id, new_qty, uom_id, **kwargs
        )
        if warning or not self._is_cart_promised():
            return quantity, warning
        product = self.env["product.product"].browse(product_id)
        uom = self.env["uom.uom"].browse(uom_id)
        return self._limit_cart_quantity(order_line, product, quantity, uom)

    def _get_cart_limit(self, product):
        website = self.website_id
        if not website.sudo().in_store_dm_id:
            return super()._get_cart_limit(product)
        return website._get_product_available_qty(product._in_shop(website))

    def _get_insufficient_stock_data(self, wh_id):
        """Skip the check for a cart that is being paid."""
        if self._is_cart_promised() and self._is_being_paid():
            return {}
        return super()._get_insufficient_stock_data(wh_id)

    def _is_being_paid(self):
        transaction = self.sudo().get_portal_last_transaction()
        return transaction.state in ("pending", "authorized", "done")
