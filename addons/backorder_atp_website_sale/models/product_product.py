# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import float_round

# Keys of the context under which Odoo's quantities mean something else.
PLACE_KEYS = ("from_date", "location", "lot_id", "owner_id", "package_id", "to_date")


class ShopPermission(fields.Boolean):
    """Odoo's setting of the product, replaced where a shop sells what can be promised.

    Addons of the shop read this field in many places, which all need the answer of the
    calculator. It remains the related field of the template.
    """

    def _compute_related(self, records):
        super()._compute_related(records)
        if not records._get_promise_website():
            return
        for product, product_sudo in zip(records, records.sudo(), strict=True):
            if product_sudo.is_shop_stock:
                product[self.name] = not product_sudo.is_shop_limited


class ProductProduct(models.Model):
    """What shoppers see of a product, and how much they can buy."""

    _inherit = "product.product"

    allow_out_of_stock_order = ShopPermission(
        related="product_tmpl_id.allow_out_of_stock_order",
        related_sudo=False,
        inherited=True,
        readonly=False,
        depends_context=("shop_order_id", "uid", "warehouse_id", "website_id"),
    )
    is_shop_stock = fields.Boolean(
        "Shop Sells From Stock",
        compute="_compute_shop_stock",
        groups="base.group_user",
        help="Whether sales in the shop are limited to what can be promised.",
    )
    is_shop_limited = fields.Boolean(
        "Limited in the Shop",
        compute="_compute_shop_stock",
        groups="base.group_user",
        help="Whether shoppers can buy only the available quantity.",
    )
    shop_available_qty = fields.Float(
        "Available in the Shop",
        compute="_compute_shop_stock",
        digits="Product Unit",
        groups="base.group_user",
        help="The quantity that shoppers can buy; if unlimited, the stock.",
    )
    shop_in_stock_qty = fields.Float(
        "In Stock for the Shop",
        compute="_compute_shop_stock",
        digits="Product Unit",
        groups="base.group_user",
        help="The quantity in stock for shoppers, never negative.",
    )

    @api.depends(
        "stock_move_ids.product_qty",
        "stock_move_ids.quantity",
        "stock_move_ids.state",
        "stock_quant_ids.quantity",
    )
    @api.depends_context(
        "allowed_company_ids", "shop_order_id", "uid", "warehouse_id", "website_id"
    )
    def _compute_shop_stock(self):
        stocks = self._get_shop_stocks()
        for product in self:
            stock = stocks.get(product._origin)
            product.is_shop_stock = bool(stock)
            product.is_shop_limited = bool(stock) and stock.limit is not None
            product.shop_available_qty = stock.available if stock else 0.0
            product.shop_in_stock_qty = stock.in_stock if stock else 0.0

    def _get_shop_stocks(self):
        """Return ``{product: ShopStock}`` for the shopper of this request.

        With ``shop_order_id`` in the context, for that order, without what its other
        products need.
        """
        context = self.env.context
        website = self._get_promise_website()
        products = self._origin.filtered("id").with_env(website.env)
        if not website or not products:
            return {}
        order = self.env["sale.order"].sudo().browse(context.get("shop_order_id"))
        warehouse = (
            self.env["stock.warehouse"].sudo().browse(context.get("warehouse_id") or [])
        )
        stocks = self.env["stock.availability"]._get_shop_stock(
            products,
            order or website._get_promise_order(),
            warehouse,
            beside_cart=bool(order),
        )
        return {product.with_env(self.env): row for product, row in stocks.items()}

    def _get_promise_website(self):
        """Return the shop in the context, if it sells what can be promised."""
        context = self.env.context
        websites = self.env["website"].sudo()
        if any(context.get(key) for key in PLACE_KEYS):
            return websites
        website = websites.browse(context.get("website_id") or [])
        return website if website._is_promise_kept() else websites

    @api.model
    def _forget_shop_stock(self):
        """Invalidate the figures after a cart or its soft reservations changed."""
        self.invalidate_model(
            ["free_qty", "is_shop_stock", "is_shop_limited"]
            + ["shop_available_qty", "shop_in_stock_qty"],
            flush=False,
        )

    def _in_shop(self, website=None):
        """Return these products in the context of a shop."""
        website = website or self._get_shop_website()
        return self.sudo().with_context(website_id=website.id, warehouse_id=False)

    def _get_shop_website(self):
        """Return the shop of the request; without a request, that of the product."""
        if not request and not self.env.context.get("website_id"):
            website = self.product_tmpl_id._get_own_website()
            if website:
                return website
        return self.env["website"].get_current_website()

    @api.depends_context("shop_order_id", "uid", "website_id")
    def _compute_quantities(self):
        """Show what can be bought as free quantity on all pages of the shop."""
        result = super()._compute_quantities()
        if self._get_promise_website():
            for product, product_sudo in zip(self, self.sudo(), strict=True):
                if product_sudo.is_shop_stock:
                    product.free_qty = product_sudo.shop_available_qty
        return result

    # ------------------------------------------------------------------
    # Shop
    # ------------------------------------------------------------------

    def _get_max_quantity(self, website, sale_order, **kwargs):
        if not website._is_promise_kept():
            return super()._get_max_quantity(website, sale_order, **kwargs)
        product = self._in_shop(website)
        if not product.is_shop_limited:
            return None
        available = website._get_product_available_qty(product, **kwargs)
        return max(0.0, available - sale_order._get_cart_qty(self.id))

    def _is_sold_out(self):
        website = self._get_shop_website()
        if not website._is_promise_kept():
            return super(
                ProductProduct, self.with_context(website_id=website.id)
            )._is_sold_out()
        self.ensure_one()
        product = self._in_shop(website)
        return (
            product.is_shop_limited and website._get_product_available_qty(product) <= 0
        )

    def _is_backordered_in_shop(self):
        """Whether it can be bought although none is in stock."""
        product = self._in_shop()
        return (
            product.is_shop_stock
            and not product.shop_in_stock_qty
            and not product._is_sold_out()
        )

    def _to_markup_data(self, website):
        """Show search engines the same availability as shoppers, also of kits."""
        markup_data = super()._to_markup_data(website)
        if (
            website._is_promise_kept()
            and self.is_product_variant
            and self._in_shop(website).is_shop_stock
        ):
            markup_data["offers"]["availability"] = (
                f"https://schema.org/{self._get_markup_availability()}"
            )
        return markup_data

    def _get_markup_availability(self):
        if self._is_sold_out():
            return "OutOfStock"
        return "BackOrder" if self._is_backordered_in_shop() else "InStock"

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _prepare_shop_promise(self, website, cart, quantity, uom):
        """Return the values of the product page in addition to Odoo's own.

        :param quantity: to add to the cart, in ``uom``
        """
        product = self._in_shop(website)
        in_cart = cart._get_cart_qty(self.id)
        requested = uom._convert_quantity(quantity, product.uom_id, round=False)
        left = max(0.0, product.shop_in_stock_qty - in_cart)
        left = product.uom_id._convert_quantity(left, uom, round=False)
        left = float_round(left, precision_digits=0, rounding_method="DOWN")
        return {
            "shop_in_stock_qty": left,
            "shop_promise": product._get_shop_promise(
                website, cart, in_cart, in_cart + requested
            ),
            **product._prepare_shop_threshold(left, bool(in_cart)),
        }

    def _prepare_shop_threshold(self, left, is_in_cart):
        """Base the low stock message on the stock, not on what may be bought."""
        threshold = self.available_threshold
        is_all_in_cart = is_in_cart and self.is_shop_limited
        is_shown = left <= threshold and (left or is_all_in_cart)
        return {
            "show_availability": bool(self.show_availability and is_shown),
            "available_threshold": max(threshold, self.shop_available_qty),
        }

    def _prepare_kit_availability(self, website, cart, uom):
        """Return for an untracked kit what Odoo returns for tracked products."""
        product = self._in_shop(website)
        available = product.uom_id._convert_quantity(
            website._get_product_available_qty(product), uom, round=False
        )
        in_cart = cart._get_cart_qty(self.id) if product.is_shop_limited else 0.0
        is_subscribed = product._has_stock_notification(self.env.user.partner_id)
        session = request.session if request else {}
        subscribed = session.get("product_with_stock_notification_enabled", ())
        return {
            "is_storable": True,
            "allow_out_of_stock_order": not product.is_shop_limited,
            "available_threshold": product.available_threshold,
            "cart_qty": product.uom_id._convert_quantity(in_cart, uom),
            "free_qty": float_round(
                available, precision_digits=0, rounding_method="DOWN"
            ),
            "has_stock_notification": is_subscribed or product.id in subscribed,
            "out_of_stock_message": product.out_of_stock_message,
            "show_availability": product.show_availability,
            "stock_notification_email": session.get("stock_notification_email", ""),
            "uom_name": uom.name,
            "uom_rounding": uom.rounding,
        }

    def _get_shop_promise(self, website, cart, in_cart, quantity):
        """Return the availability text of ``quantity``; False if in stock.

        :param in_cart: the quantity already in the cart, in the product's unit
        """
        promise, line = self._get_shop_promise_of(website, cart, quantity)
        return line._describe_shop_promise(promise, in_cart) if promise else False

    def _get_shop_promise_of(self, website, cart, quantity):
        """Return the promise of a quantity beyond stock, and its line."""
        is_beyond = self.uom_id.compare(quantity, self.shop_in_stock_qty) > 0
        allowed = self.shop_available_qty if self.is_shop_limited else quantity
        if not is_beyond or self.uom_id.compare(quantity, allowed) > 0:
            return None, None
        order = cart or website._get_promise_order()
        line = order._get_trial_lines({self: quantity})
        return line._request_promises(True, cart._origin, None).get(line), line

    def _get_shop_backorder_date(self, website):
        """Return when one unit that is not in stock is available, if known."""
        product = self._in_shop(website)
        cart = self.env["sale.order"].sudo()
        promise, _line = product._get_shop_promise_of(website, cart, 1.0)
        return promise and promise.date
