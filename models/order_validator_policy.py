# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import namedtuple

from odoo import models

from ..promise_decision import Limit, Lock, Policy, find_exceeding_keys

# What is left of a limit in force, and why there is no more.
Allowance = namedtuple("Allowance", ("left", "reason"))


class OrderValidator(models.AbstractModel):
    """What may be promised beyond what there is: policy, limit and locks."""

    _inherit = "order.validator"

    def _get_case_policies(self, demand, availability):
        """Return ``{(product, warehouse): Policy}`` for rows of demand."""
        products = self.env["product.product"].union(*(row.product for row in demand))
        warehouses = self.env["stock.warehouse"].union(
            *(row.warehouse for row in demand)
        )
        policies = self._get_policies(products, warehouses)
        locks = self.env["stock.discrepancy"]._get_open_locks(products, warehouses)
        allowances = self._get_allowances(demand, availability, policies)
        found = {}
        for product, warehouse in {row.key: True for row in demand}:
            key = product.id, warehouse.id
            allowance = allowances.get(key)
            found[product, warehouse] = Policy(
                *policies[key],
                limit=allowance and Limit(*allowance),
                locks=tuple(
                    Lock(record._get_lock_policy(), record.name, record)
                    for record in locks.get(key, ())
                ),
            )
        return found

    def _get_policies(self, products, warehouses):
        """Return ``{(product_id, warehouse_id): (is allowed, who says so)}``."""
        stock = {warehouse: warehouse.lot_stock_id for warehouse in warehouses.sudo()}
        policies = self.env["stock.level"]._get_policies(
            products, self.env["stock.location"].sudo().union(*stock.values())
        )
        return {
            (product.id, warehouse.id): policies[product.id, location.id]
            for product in products
            for warehouse, location in stock.items()
        }

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def _get_allowances(self, demand, availability, policies):
        """Return ``{(product_id, warehouse_id): Allowance}`` where there is a limit.

        Only for products that are short: others need no limit.
        """
        free = {
            (product, warehouse): availability[product.id, warehouse.id]["displayed"]
            for _line, product, warehouse, _quantity in demand
        }
        short = [
            key
            for key in find_exceeding_keys(demand, free, self._get_digits())
            if policies[key[0].id, key[1].id][0]
        ]
        return self._get_allowances_of(short, availability)

    def _get_allowances_of(self, keys, availability):
        """Return ``{(product_id, warehouse_id): Allowance}`` where there is a limit.

        :param keys: ``(product, warehouse)`` of which backorders are allowed
        """
        limits = self._get_limits(keys)
        incoming = self._get_trusted_supply(
            [key for key, limit in limits.items() if limit.kind == "incoming"]
        )
        return {
            (product.id, warehouse.id): self._get_allowance(
                product,
                limit,
                availability[product.id, warehouse.id],
                incoming.get((product.id, warehouse.id), 0.0),
            )
            for (product, warehouse), limit in limits.items()
        }

    def _get_limits(self, keys):
        """Return ``{(product, warehouse): BackorderLimit}`` where there is one."""
        if not keys:
            return {}
        products = self.env["product.product"].union(*(key[0] for key in keys))
        warehouses = self.env["stock.warehouse"].union(*(key[1] for key in keys))
        stock = {each: each.sudo().lot_stock_id for each in warehouses}
        limits = self.env["stock.level"]._get_limits(
            products, self.env["stock.location"].sudo().union(*stock.values())
        )
        found = {key: limits[key[0].id, stock[key[1]].id] for key in keys}
        return {key: limit for key, limit in found.items() if limit}

    def _get_trusted_supply(self, keys):
        """Return ``{(product_id, warehouse_id): ATP once all that is coming is here}``.

        Receipts that are too late, or bought for somebody, are not among it, nor what
        only a return or a transfer made by hand announces.
        """
        if not keys:
            return {}
        projection = (
            self.env["stock.availability"]
            .sudo()
            .get_projection(
                self.env["product.product"].union(*(key[0] for key in keys)),
                self.env["stock.warehouse"].union(*(key[1] for key in keys)),
            )
        )
        receipts = {
            (product.id, warehouse.id): [
                receipt
                for day in projection[product.id, warehouse.id]
                for receipt in day["receipts"]
            ]
            for product, warehouse in keys
        }
        trusted = self._get_trusted_moves(receipts)
        return {
            key: sum(quantity for move_id, quantity in own if move_id in trusted)
            for key, own in receipts.items()
        }

    def _get_trusted_moves(self, receipts):
        moves = {move_id for own in receipts.values() for move_id, _quantity in own}
        moves = self.env["stock.move"].sudo().browse(moves)
        return set(moves.filtered(lambda move: move._is_trusted_supply()).ids)

    def _get_allowance(self, product, limit, row, incoming):
        beyond = limit.quantity if limit.kind == "quantity" else incoming
        return Allowance(
            max(0.0, row["displayed"], row["atp"] + beyond),
            self._get_limit_reason(product, limit, beyond),
        )

    def _get_limit_reason(self, product, limit, beyond):
        quantity = f"{product.uom_id.round(beyond):g} {product.uom_id.name}"
        if limit.kind == "incoming":
            return self.env._(
                "backorders are allowed up to what is on its way, %(quantity)s"
                " (%(who)s)",
                quantity=quantity,
                who=limit.source,
            )
        return self.env._(
            "backorders are allowed up to %(quantity)s (%(who)s)",
            quantity=quantity,
            who=limit.source,
        )
