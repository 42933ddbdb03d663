# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from dataclasses import dataclass

from odoo import api, models


@dataclass(frozen=True)
class ShopStock:
    """What a shopper can buy of a product, in its unit; never negative."""

    #: The quantity that can be promised.
    in_stock: float
    #: The quantity that can be bought, or None if unlimited.
    limit: float | None

    @property
    def available(self):
        return self.in_stock if self.limit is None else self.limit

    def __truediv__(self, quantity):
        limit = None if self.limit is None else self.limit / quantity
        return ShopStock(self.in_stock / quantity, limit)

    def __sub__(self, quantity):
        limit = None if self.limit is None else max(0.0, self.limit - quantity)
        return ShopStock(max(0.0, self.in_stock - quantity), limit)

    def __and__(self, other):
        """Return the availability of two components of one kit."""
        limits = [row.limit for row in (self, other) if row.limit is not None]
        return ShopStock(
            min(self.in_stock, other.in_stock), min(limits) if limits else None
        )


class StockAvailability(models.AbstractModel):
    """Availability for shoppers."""

    _inherit = "stock.availability"

    @api.model
    def _get_shop_stock(self, products, order, warehouse=None, beside_cart=False):
        """Return what can be bought of ``products``, with one query for all.

        :param order: the cart, or an order not stored; it does not compete with
            itself
        :param warehouse: by default that of the order
        :param beside_cart: take off what other products of the cart need of the same
            stock, such as components of a kit
        :return: ``{product: ShopStock}`` of those that are taken from stock
        """
        one_of_each = dict.fromkeys(products, 1.0)
        lines = order._get_trial_lines(one_of_each, warehouse).filtered(
            lambda line: line._needs_stock()
        )
        parts = self._get_shop_parts(lines, order)
        own_supply = lines._filter_own_supply()
        taken = order._get_cart_demand() if beside_cart else {}
        found = {}
        for line in lines:
            stock = self._join_shop_parts(line, parts, taken)
            if stock and line in own_supply:
                stock = ShopStock(stock.in_stock, None)
            found[line.product_id._origin] = stock or ShopStock(0.0, 0.0)
        return found

    def _join_shop_parts(self, line, parts, taken):
        """Return the availability of a product; the scarcest component of a kit."""
        joined = None
        warehouse = line.warehouse_id or line.order_id.warehouse_id
        for component, per_unit in line._get_promise_components():
            if not warehouse:
                return None
            stock = parts[component._origin.id, warehouse._origin.id]
            for product, quantity in taken.get(component._origin, {}).items():
                if product != line.product_id._origin:
                    stock -= quantity
            joined = stock / per_unit & joined if joined else stock / per_unit
        return joined

    def _get_shop_parts(self, lines, cart):
        """Return ``{(product_id, warehouse_id): ShopStock}`` for these lines."""
        products = self.env["product.product"].union(
            *(
                component._origin
                for line in lines
                for component, _per_unit in line._get_promise_components()
            )
        )
        warehouses = (lines.warehouse_id | lines.order_id.warehouse_id)._origin
        rows = self.sudo().get_availability(
            products.sudo(), warehouses.sudo(), cart, components=["atp", "displayed"]
        )
        limits = self._get_shop_limits(products, warehouses, rows)
        return {
            key: ShopStock(row["displayed"], limits[key]) for key, row in rows.items()
        }

    def _get_shop_limits(self, products, warehouses, rows):
        """Return ``{(product_id, warehouse_id): how much can be bought, or None}``.

        Like orders: by the policy, its limit, and hard locks.
        """
        stock_policies = self.env["stock.policy"].sudo()
        products, warehouses = products.sudo(), warehouses.sudo()
        policies = stock_policies._get_warehouse_policies(products, warehouses)
        locks = self.env["stock.discrepancy"]._get_open_locks(products, warehouses)
        free = {
            key
            for key, (is_allowed, _source) in policies.items()
            if is_allowed
            and not (key in locks and locks[key]._filter_by_policy("hard"))
        }
        limits = {key: row["displayed"] for key, row in rows.items()}
        limits.update(dict.fromkeys(free))
        allowances = stock_policies._get_allowances_of(
            [
                (product, warehouse)
                for product in products
                for warehouse in warehouses
                if (product.id, warehouse.id) in free
            ],
            rows,
        )
        limits.update({key: limit.quantity for key, limit in allowances.items()})
        return limits

    @api.model
    def _group_by_component(self, demand):
        """Return ``{component: {product: quantity}}`` of rows of demand."""
        grouped = defaultdict(lambda: defaultdict(float))
        for line, component, _warehouse, quantity in demand:
            grouped[component._origin][line.product_id._origin] += quantity
        return grouped
