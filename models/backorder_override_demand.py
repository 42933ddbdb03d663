# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class BackorderOverride(models.Model):
    """What open requests keep from others: what their lines ask for now (B1)."""

    _inherit = "backorder.override"

    @api.model
    def _get_pending_demand(self, products, excluded_orders=None):
        """Return what is asked for and waits for a decision, as the orders are now.

        :param products: what is asked about; of others the answer may lack some
        :return: list of ``(order, product, warehouse, quantity)``, the quantity in
            the product's unit
        """
        requests = self._get_pending_requests(products, excluded_orders)
        if not requests:
            return []
        rows = [
            *requests._get_asked_by_orders(),
            *requests._get_asked_by_increases(),
        ]
        asked = set(products.ids)
        return [row for row in rows if row[1].id in asked and row[2]]

    def _get_pending_requests(self, products, excluded_orders):
        """Return the open requests of orders some line of which asks for these."""
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
                products._get_products_asking().ids,
                excluded,
            )
        )
        return self.sudo().browse([id_ for [id_] in self.env.cr.fetchall()])

    def _get_asked_by_orders(self):
        """Return what the requests of whole orders ask for."""
        whole = self.filtered(lambda request: request.kind == "order")
        return [
            (line.order_id, product, warehouse, quantity)
            for line, product, warehouse, quantity in (
                whole.order_id.order_line._get_promise_demand()
            )
        ]

    def _get_asked_by_increases(self):
        """Return what requests for a larger quantity ask for beyond their lines."""
        return [
            (request.order_id, product, item.warehouse_id, quantity)
            for request in self
            if request.kind == "increase"
            for item in request.line_ids
            for product, quantity in item._get_asked_increase()
        ]
