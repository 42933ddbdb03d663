# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .backorder_supply_request import REQUEST_STATES


class PurchaseOrderLine(models.Model):
    """Which backordered orders the requests for quotation would serve."""

    _inherit = "purchase.order.line"

    def _get_served_lines(self):
        """Return which backordered order lines these requested lines would serve.

        Receipts serve before requests for quotation, and of these the soonest first.
        Requests for make-to-order lines serve these. One statement for all of them.

        :return: list of ``(purchase line, order line, quantity)``, the first of the
            queue first; the quantity is in the unit of the product
        """
        requested = self.filtered(lambda line: line.state in REQUEST_STATES)
        demand = requested._get_backordered_moves()
        if not demand:
            return []
        warehouses = demand.location_id.warehouse_id
        self.env["backorder.supply"]._flush_supply()
        rows = demand._find_served(
            warehouses,
            ids=requested.ids,
            incoming=requested._get_requested_rows(demand.product_id, warehouses),
            own=requested._get_own_demand_rows(),
            earlier=requested._get_ordered_rows(demand, warehouses),
        )
        lines = self.browse(row[0] for row in rows)
        return [
            (line, order_line, quantity)
            for line, (_id, order_line, quantity) in zip(lines, rows, strict=True)
        ]

    def _get_backordered_moves(self):
        """Return the open demand of backordered orders for these products."""
        moves = self.env["stock.move"].sudo()
        if not self.product_id:
            return moves
        products = Domain("product_id", "in", self.product_id.ids)
        return moves.search(products & moves._get_backordered_domain())

    def _get_requested_rows(self, products, warehouses):
        """Return what is requested of ``products``, for no order alone."""
        supply = self.env["backorder.supply"]
        return SQL(
            """SELECT line_id AS id, product_id, warehouse_id, date, quantity
                 FROM (%s) request""",
            supply._get_request_query(products, warehouses),
        )

    def _get_ordered_rows(self, demand, warehouses):
        """Return what the receipts bring of the products of ``demand``."""
        return SQL(
            """SELECT product_id, warehouse_id, SUM(quantity) AS quantity
                 FROM (%s) receipt GROUP BY product_id, warehouse_id""",
            demand._get_serving_rows(warehouses),
        )

    def _get_own_demand_rows(self):
        """Return the make-to-order demand for which alone these were requested."""
        return SQL(
            """
            SELECT line.id, later.sale_line_id, 0 AS running,
                   LEAST(line.product_uom_qty, later.product_qty) AS quantity
              FROM purchase_order_line line
              JOIN stock_move_created_purchase_line_rel rel
                ON rel.created_purchase_line_id = line.id
              JOIN stock_move later ON later.id = rel.move_id
             WHERE line.id = ANY(%s) AND %s
            """,
            self.ids,
            self.env["backorder.supply"]._get_dedicated_condition(),
        )
