# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """A cart that may be collected in a store asks for what some place has (A5)."""

    _inherit = "sale.order"

    def _verify_updated_quantity(
        self, order_line, product_id, new_qty, uom_id, **kwargs
    ):
        """Limit what Odoo limits at checkout only, by the place that has most."""
        quantity, warning = super()._verify_updated_quantity(
            order_line, product_id, new_qty, uom_id, **kwargs
        )
        if (
            warning
            or not self._is_cart_promised()
            or not self.website_id.in_store_dm_id
        ):
            return quantity, warning
        product = self.env["product.product"].browse(product_id)
        return self._limit_to_any_place(order_line, product, quantity, uom_id)

    def _limit_to_any_place(self, order_line, product, quantity, uom_id):
        """Return ``quantity``, or what can be had of it, with what the shop says."""
        uom = self.env["uom.uom"].browse(uom_id)
        website = self.website_id
        in_cart = self._get_cart_qty(product.id)
        if order_line:
            in_cart -= order_line.product_uom_id._compute_quantity(
                order_line.product_uom_qty, product.uom_id, round=False
            )
        if not product._in_shop(website).is_shop_limited:
            return quantity, ""
        left = website._get_product_available_qty(product.sudo()) - in_cart
        left = uom.round(product.uom_id._compute_quantity(left, uom, round=False))
        left = max(0, int(left))
        if quantity <= left:
            return quantity, ""
        return left, self._get_limit_warning(order_line, product, quantity, left)

    def _get_limit_warning(self, order_line, product, quantity, left):
        if not left and order_line:
            return self.env._(
                "Some products became unavailable and your cart has been updated."
                " We're sorry for the inconvenience."
            )
        if not left:
            return self.env._(
                "%(product_name)s has not been added to your cart since it is not"
                " available.",
                product_name=product.name,
            )
        if order_line:
            return order_line._set_shop_warning_stock(
                f"{quantity:g}", f"{left:g}", save=False
            )
        return self.env._(
            "You ask for %(desired_qty)s products but only %(available_qty)s is"
            " available.",
            desired_qty=f"{quantity:g}",
            available_qty=f"{left:g}",
        )
