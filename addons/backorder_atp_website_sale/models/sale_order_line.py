# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from math import floor

from odoo import models
from odoo.tools import format_date


class SaleOrderLine(models.Model):
    """A line of a cart: its quantity limit and availability date."""

    _inherit = "sale.order.line"

    def _with_shop(self):
        if not self.order_id._is_cart_promised():
            return self
        return self.with_context(website_id=self.order_id.website_id.id)

    def _get_max_line_qty(self):
        """Limit the line to whole units of its own, never below zero."""
        if not self.order_id._is_cart_promised():
            return super()._get_max_line_qty()
        left = self._get_max_available_qty()
        if left is None:
            return None
        unit = self.product_uom_id
        left = unit.round(
            self.product_id.uom_id._convert_quantity(left, unit, round=False)
        )
        return max(0, self.product_uom_qty + floor(left))

    def _get_max_available_qty(self):
        """Also limit untracked kits, by their components."""
        quantity = super(SaleOrderLine, self._with_shop())._get_max_available_qty()
        order = self.order_id
        if not order._is_cart_promised():
            return quantity
        limits = [] if quantity is None else [quantity]
        for product in self._get_lines_with_price().product_id:
            if (
                not product.is_storable
                and product._in_shop(order.website_id).is_shop_limited
            ):
                limits.append(
                    order._get_free_qty(product) - order._get_cart_qty(product.id)
                )
        return min(limits, default=None)

    def _check_availability(self):
        return super(SaleOrderLine, self._with_shop())._check_availability()

    def unlink(self):
        """Release what was reserved for deleted lines of a cart immediately."""
        carts = self.order_id.filtered(
            lambda order: order.state == "draft" and order._is_cart_promised()
        )
        result = super().unlink()
        for cart in carts.exists():
            self.env["stock.soft.reservation"]._keep_cart(cart, 0)
        return result

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _describe_shop_promise(self, promise, in_cart=0.0):
        """Return the availability text of ``promise``; False if in time.

        :param in_cart: the quantity already in the cart
        """
        self.ensure_one()
        latest = self._get_latest_stock_day()
        if promise.is_covered and promise.stock_day <= latest:
            return False
        if not self.order_id.website_id.promise_show_dates:
            return self.env._("Available on backorder")
        parts = [quantity for day, quantity in promise.parts if day <= latest]
        at_once = sum(parts) - in_cart
        return self._describe_shop_parts(at_once, promise.date, promise.is_covered)

    def _get_latest_stock_day(self):
        """Return the last day on which stock is in time for this line."""
        availability = self.env["stock.availability"].sudo()
        warehouse = self.warehouse_id or self.order_id.warehouse_id
        return max(
            self._get_wanted_day() - availability._get_security(warehouse),
            availability._get_today(self.order_id.company_id),
        )

    def _describe_shop_parts(self, at_once, date, is_covered):
        """Return the text for the quantity in stock and the rest."""
        day = date and format_date(self.env, date, date_format="medium")
        if self.product_id.uom_id.compare(at_once, 0) <= 0:
            return self._describe_shop_day(day, is_covered)
        values = {
            "quantity": f"{self.product_id.uom_id.round(at_once):g}",
            "day": day,
        }
        if not day:
            return self.env._("%(quantity)s in stock, the rest on backorder", **values)
        if is_covered:
            return self.env._("%(quantity)s in stock, the rest from %(day)s", **values)
        return self.env._(
            "%(quantity)s in stock, the rest expected from %(day)s", **values
        )

    def _describe_shop_day(self, day, is_covered):
        if not day:
            return self.env._("Available on backorder")
        if is_covered:
            return self.env._("Available from %s", day)
        return self.env._("Expected from %s", day)

    def _describe_promised(self):
        """Return ``{line: availability text}`` of backordered lines after ordering."""
        return {
            line: line._describe_shop_parts(
                line._get_product_qty() - line.backorder_product_qty,
                line.promised_date,
                line.is_promise_covered,
            )
            for line in self
            if line.backorder_product_qty
            and line.promised_date
            and not line.order_id._is_delivery_withheld()
        }
