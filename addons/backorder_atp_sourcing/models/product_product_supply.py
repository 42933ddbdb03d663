# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class ProductProduct(models.Model):
    """Actions for a product that is short."""

    _inherit = "product.product"

    def _get_backordered_lines(self, warehouses=None):
        """Return the order lines short of these products, oldest backorder first."""
        lines = self.env["sale.order.line"].sudo()
        lines = lines.search(
            lines._get_demand_domain(self) & Domain("backorder_product_qty", ">", 0)
        ).filtered(
            lambda line: any(
                product in self and (warehouses is None or warehouse in warehouses)
                for product, warehouse in line._get_demand_keys()
            )
        )
        return lines.sorted(lambda line: (line.order_id.backordered_since, line.id))

    def _get_short_keys(self):
        """Return ``(product_id, warehouse_id)`` for all the user's warehouses."""
        warehouses = self._get_promise_warehouses()
        return [
            (product.id, warehouse.id) for product in self for warehouse in warehouses
        ]

    def action_open_transfer(self):
        """Show stock of these products in other warehouses, or not counted."""
        needs = self.env["backorder.supply"]._get_needs_of(self._get_short_keys())
        keys = [need.key for need in needs if need.shortage > 0]
        return self.env["backorder.transfer"]._open(keys or self._get_short_keys())

    # ------------------------------------------------------------------
    # Substitutes
    # ------------------------------------------------------------------

    def _get_available_substitutes(self, warehouse, excluded_orders=None):
        """Return ``[(substitute, quantity)]`` that ``warehouse`` can promise instead.

        :param excluded_orders: orders whose demand is left out
        """
        self.ensure_one()
        rows = self.env["product.substitute"].sudo()._get_substitutes(self)
        substitutes = self.browse([substitute.id for substitute, _record in rows])
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(
                substitutes, warehouse, excluded_orders, components=["displayed"]
            )
        )
        return [
            (
                substitute,
                availability[substitute.id, warehouse.id]["displayed"]
                if substitute.is_storable
                else float("inf"),
            )
            for substitute in substitutes
        ]
