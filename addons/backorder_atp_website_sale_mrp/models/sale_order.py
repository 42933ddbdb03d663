# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_unavailable_quantity_from_kits(self, product):
        """Return by how much the rest of the cart reduces ``product``.

        The product page takes it off its own figure, in the product's unit.
        """
        if not self._is_cart_promised():
            return super()._get_unavailable_quantity_from_kits(product)
        alone = product._in_shop(self.website_id)
        beside_cart = alone.with_context(shop_order_id=self.id)
        return alone.shop_available_qty - beside_cart.shop_available_qty
