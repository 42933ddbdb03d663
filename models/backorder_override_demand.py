# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..decision import add_up


class BackorderOverride(models.Model):
    """The demand of requests: what they commit, and what a decision covers."""

    _inherit = "backorder.override"

    @api.model
    def _get_pending_demand(self, products, excluded_orders=None):
        """Return the demand that is pending approval, from the orders as they are now.

        :param products: the products to return the demand of
        :return: list of ``(order, product, warehouse, quantity)``, the quantity in
            the product's unit
        """
        requests = self._get_pending_requests(products, excluded_orders)
        if not requests:
            return []
        rows = [
            *requests._get_order_demand(),
            *requests._get_increase_demand(),
        ]
        product_ids = set(products.ids)
        return [row for row in rows if row[1].id in product_ids and row[2]]

    def _get_pending_requests(self, products, excluded_orders):
        """Return the pending requests of orders with a line for these products."""
        self.flush_model(["order_id", "state"])
        self.env["sale.order.line"].flush_model(["order_id", "product_id"])
        excluded = excluded_orders._origin.ids if excluded_orders else []
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT request.id
                  FROM backorder_override request
                  JOIN sale_order_line line ON line.order_id = request.order_id
                 WHERE request.state = 'pending'
                   AND line.product_id = ANY(%s)
                   AND request.order_id != ALL(%s)
                """,
                products._get_products_in_demand().ids,
                excluded,
            )
        )
        return self.sudo().browse([id_ for [id_] in self.env.cr.fetchall()])

    def _get_order_demand(self):
        """Return the demand of requests for whole orders."""
        whole = self.filtered(lambda request: request.kind == "order")
        return [
            (line.order_id, product, warehouse, quantity)
            for line, product, warehouse, quantity in (
                whole.order_id.order_line._get_promise_demand()
            )
        ]

    def _get_increase_demand(self):
        """Return the additional demand of requests for larger quantities."""
        return [
            (request.order_id, product, item.warehouse_id, quantity)
            for request in self
            if request.kind == "increase"
            for item in request.line_ids
            for product, quantity in item._get_requested_increase()
        ]

    # ------------------------------------------------------------------
    # Scope of a decision
    # ------------------------------------------------------------------

    def _get_requested(self, order):
        """Return ``{(product, warehouse): quantity}`` of the whole order."""
        return add_up(order.order_line._get_promise_demand())

    def _covers(self, order, shortages):
        """Whether this decision covers the current shortages of ``order``."""
        keys = {(shortage.product, shortage.warehouse) for shortage in shortages}
        return order._is_within_terms(self.terms) and keys.isdisjoint(
            self._get_grown_keys(order)
        )

    def _get_grown_keys(self, order):
        """Return each ``(product, warehouse)`` with more demand than requested here."""
        seen = {
            (line.product_id, line.warehouse_id): line.requested_qty
            for line in self.line_ids
        }
        return {
            (product, warehouse)
            for (product, warehouse), quantity in self._get_requested(order).items()
            if product.uom_id.compare(quantity, seen.get((product, warehouse), 0)) > 0
        }

    def _check_terms(self):
        """Refuse to decide on an order that has changed since it was shown."""
        changed = self.sudo().filtered(
            lambda request: (
                not request.order_id._is_within_terms(
                    request.terms, request._get_covered_lines()
                )
            )
        )
        if changed:
            raise UserError(
                self.env._(
                    "%s has changed since approval was requested. Open the request"
                    " again to see the current quantities.",
                    ", ".join(changed.order_id.mapped("name")),
                )
            )

    def _refresh_stakes(self):
        """Update the figures, as prices and stock change after the request."""
        for request in self.sudo():
            if request.kind == "increase":
                request.line_ids._refresh_unit_value()
            else:
                request._refresh_order_lines()

    def _refresh_order_lines(self):
        """Update the figures; smaller quantities on the order reduce the request.

        For a confirmed order, the items are replaced by those of its current lines.
        """
        order = self.order_id
        decisions = self.env["promise.decision"]
        demand = order.order_line._get_promise_demand()
        shortages = decisions._find_obstacles(demand, order)
        if order.state == "sale":
            lines = self._prepare_order_lines(order, shortages)
            self.line_ids.unlink()
            self.line_ids = [fields.Command.create(line) for line in lines]
            return
        short = self._group_shortages(shortages)
        requested = self._get_requested(order)
        available = self._get_available(requested, order)
        for line in self.line_ids:
            key = (line.product_id, line.warehouse_id)
            quantity = min(line.requested_qty, requested.get(key, 0.0))
            line.write(
                {
                    "requested_qty": quantity,
                    "available_qty": available.get(
                        (line.product_id.id, line.warehouse_id.id), quantity
                    ),
                    "shortage_qty": 0.0,
                    "snapshot": False,
                    **self._prepare_shortages(short.get(key), requested.get(key, 0.0)),
                }
            )

    def _record_terms(self):
        """Store the terms of the order that the approver sees."""
        for request in self.sudo():
            lines = request._get_covered_lines()
            request.terms = request.order_id._get_terms(lines)

    def _get_covered_lines(self):
        """Return the order lines that a decision applies to."""
        if self.kind == "increase":
            return self.line_ids.sale_line_id
        return self.order_id._get_promised_lines()
