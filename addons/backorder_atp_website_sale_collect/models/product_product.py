# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _prepare_places(self, website, cart, values):
        """Return the values of the product page for delivery and stores.

        :param values: as computed by Odoo
        """
        chosen = cart.pickup_location_data if cart._is_collected() else None
        warehouses = self.env["stock.warehouse"].sudo()
        stores = website.sudo().in_store_dm_id.warehouse_ids
        if chosen:
            stores = warehouses.browse(chosen["id"])
        delivery = values.get("delivery_stock_data") and self._prepare_place(
            website, cart, website._get_delivery_warehouse()
        )
        return {
            "delivery_stock_data": delivery or {},
            "in_store_stock_data": self._prepare_place(website, cart, stores),
        }

    def _prepare_place(self, website, cart, warehouses):
        """Return what is available besides the cart in the warehouse with the most.

        The quantity is what is in stock, also where more can be bought.
        """
        in_cart = cart._get_cart_qty(self.id)
        places = [
            self._in_shop(website).with_context(warehouse_id=warehouse.id)
            for warehouse in warehouses
        ]
        in_stock = max((place.shop_in_stock_qty for place in places), default=0.0)
        quantity = max(0.0, in_stock - in_cart)
        is_buyable = any(
            not place.is_shop_limited or place.shop_available_qty > in_cart
            for place in places
        )
        is_low = 0 < quantity <= self.available_threshold
        return {
            "in_stock": is_buyable,
            "is_backordered": is_buyable and not quantity,
            "quantity": quantity,
            "show_quantity": bool(self.show_availability and is_low),
        }
