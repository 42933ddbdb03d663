# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..decision import Limit, Lock, Policy, find_exceeding_keys


class StockPolicy(models.Model):
    """What may be promised beyond stock: the policies, limits and locks in force."""

    _inherit = "stock.policy"

    @api.model
    def _get_promise_policies(self, demand, availability, digits):
        """Return ``{(product, warehouse): Policy}`` for rows of demand.

        :param availability: as from ``stock.availability.get_availability``
        :param digits: decimal places of quantities that count
        """
        products = self.env["product.product"].union(*(row.product for row in demand))
        warehouses = self.env["stock.warehouse"].union(
            *(row.warehouse for row in demand)
        )
        policies = self._get_warehouse_policies(products, warehouses)
        allowances = self._get_allowances(demand, availability, policies, digits)
        locks = self.env["stock.discrepancy"]._get_open_locks(products, warehouses)
        found = {}
        for _line, product, warehouse, _quantity in demand:
            key = product.id, warehouse.id
            found[product, warehouse] = Policy(
                *policies[key],
                limit=allowances.get(key),
                locks=tuple(
                    Lock(record._get_lock_policy(), record.name, record)
                    for record in locks.get(key, ())
                ),
            )
        return found

    @api.model
    def _get_warehouse_policies(self, products, warehouses):
        """Return ``{(product_id, warehouse_id): (is allowed, source)}``."""
        stock = {warehouse: warehouse.lot_stock_id for warehouse in warehouses.sudo()}
        policies = self._get_policies(
            products, self.env["stock.location"].sudo().union(*stock.values())
        )
        return {
            (product.id, warehouse.id): policies[product.id, location.id]
            for product in products
            for warehouse, location in stock.items()
        }

    @api.model
    def _get_policies(self, products, locations):
        """Return the backorder policy in force for each product and location.

        :return: ``{(product_id, location_id): (is allowed, source)}``
        """
        return {
            key: decider._get_backorder_policy(company)
            for key, (decider, company) in self._find_deciders(
                products, locations
            ).items()
        }

    @api.model
    def _get_limits(self, products, locations):
        """Return the limits of backorders, if allowed.

        :return: ``{(product_id, location_id): BackorderLimit or None}``
        """
        return {
            key: decider._get_backorder_limit(company)
            for key, (decider, company) in self._find_deciders(
                products, locations
            ).items()
        }

    @api.model
    def _find_deciders(self, products, locations):
        """Return ``{(product_id, location_id): (policy or product, company)}``."""
        policies = self._get_policies_by_scope(products, locations)
        return {
            (product.id, location.id): (
                self._find_deciding_policy(policies, product, location) or product,
                location.company_id or self.env.company,
            )
            for product in products
            for location in locations
        }

    @api.model
    def _get_policies_by_scope(self, products, locations):
        policies = self.sudo().search(
            [
                ("product_id", "in", products.ids),
                ("warehouse_id", "in", locations.warehouse_id.ids),
                ("allow_backorder", "!=", "inherit"),
            ]
        )
        return {
            (
                policy.product_id.id,
                policy.warehouse_id.id,
                policy.location_id.id,
            ): policy
            for policy in policies
        }

    @api.model
    def _find_deciding_policy(self, policies, product, location):
        """Return the explicit policy of the location or its nearest parent."""
        warehouse_id = location.warehouse_id.id
        ancestors = reversed(
            [int(path) for path in (location.parent_path or "").split("/") if path]
        )
        for location_id in [*ancestors, False]:
            if policy := policies.get((product.id, warehouse_id, location_id)):
                return policy
        return self.browse()

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def _get_allowances(self, demand, availability, policies, digits):
        """Return ``{(product_id, warehouse_id): Limit}`` that are limited.

        Only for products that are short: others need no limit.
        """
        free = {
            (product, warehouse): availability[product.id, warehouse.id]["displayed"]
            for _line, product, warehouse, _quantity in demand
        }
        short = [
            key
            for key in find_exceeding_keys(demand, free, digits)
            if policies[key[0].id, key[1].id][0]
        ]
        return self._get_allowances_of(short, availability)

    def _get_allowances_of(self, keys, availability):
        """Return ``{(product_id, warehouse_id): Limit}`` that are limited.

        :param keys: ``(product, warehouse)`` of which backorders are allowed
        """
        limits = self._get_warehouse_limits(keys)
        beyond = self._get_quantities_beyond(limits)
        return {
            (product.id, warehouse.id): self._get_allowance(
                product,
                limit,
                availability[product.id, warehouse.id],
                beyond[product.id, warehouse.id],
            )
            for (product, warehouse), limit in limits.items()
        }

    def _get_quantities_beyond(self, limits):
        """Return the quantity allowed beyond stock; extend it for other kinds.

        :param limits: ``{(product, warehouse): BackorderLimit}``
        :return: ``{(product_id, warehouse_id): quantity}`` in the product's unit
        """
        return {
            (product.id, warehouse.id): limit.quantity
            for (product, warehouse), limit in limits.items()
        }

    def _get_warehouse_limits(self, keys):
        """Return ``{(product, warehouse): BackorderLimit}`` that are limited."""
        if not keys:
            return {}
        products = self.env["product.product"].union(*(key[0] for key in keys))
        warehouses = self.env["stock.warehouse"].union(*(key[1] for key in keys))
        stock = {each: each.sudo().lot_stock_id for each in warehouses}
        limits = self._get_limits(
            products, self.env["stock.location"].sudo().union(*stock.values())
        )
        found = {key: limits[key[0].id, stock[key[1]].id] for key in keys}
        return {key: limit for key, limit in found.items() if limit}

    def _get_allowance(self, product, limit, row, beyond):
        return Limit(
            max(0.0, row["displayed"], row["atp"] + beyond),
            self._get_limit_reason(product, limit, beyond),
        )

    def _get_limit_reason(self, product, limit, beyond):
        quantity = f"{product.uom_id.round(beyond):g} {product.uom_id.name}"
        return self.env._(
            "backorders are allowed up to %(quantity)s (%(who)s)",
            quantity=quantity,
            who=limit.source,
        )
