# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .sale_order import BACKORDERED_STATES
from .stock_availability_source import OPEN_MOVE_STATES
from .stock_move_coverage import NO_ROWS


class StockMove(models.Model):
    """Which backordered orders incoming goods will serve."""

    _inherit = "stock.move"

    @api.model
    def _get_backordered_domain(self):
        """Return the domain of the open demand of backordered orders."""
        orders = self.env["sale.order"]._get_backordered_domain()
        return Domain(
            "state", "in", ["waiting", "confirmed", "partially_available"]
        ) & Domain("sale_line_id.order_id", "any", orders)

    @api.model
    def _get_backordered_products(self):
        """Return the query for the products that backordered orders lack."""
        demand = self.sudo()._search(self._get_backordered_domain())
        return demand.subselect(SQL.identifier(demand.table, "product_id"))

    def _get_served_lines(self):
        """Return which backordered order lines these incoming moves will serve.

        Demand is served in the order of the queue: by stock, then by the receipts,
        the soonest first. Receipts of make-to-order lines serve these. One statement
        for all moves.

        :return: list of ``(move, order line, quantity)``, the first of the queue
            first; the quantity is in the unit of the move's product
        """
        coming = self.filtered(
            lambda move: (
                move.state in OPEN_MOVE_STATES and move._get_final_place().warehouse_id
            )
        )
        if not coming:
            return []
        places = self.env["stock.location"].union(
            *(move._get_final_place() for move in coming)
        )
        warehouses = places.warehouse_id
        rows = coming._find_served(
            warehouses,
            ids=coming.ids,
            incoming=coming._get_serving_rows(warehouses),
            own=coming._get_own_supply_rows(),
            earlier=NO_ROWS,
        )
        moves = self.browse(row[0] for row in rows)
        return [
            (move, line, quantity)
            for move, (_id, line, quantity) in zip(moves, rows, strict=True)
        ]

    def _get_final_place(self):
        return self.location_final_id or self.location_dest_id

    def _find_served(self, warehouses, **supply):
        """Return which order lines are served by what is coming of these products.

        :param warehouses: where it arrives
        :param incoming: query for ``id``, ``product_id``, ``warehouse_id``, ``date``
            and ``quantity``; the soonest serves first
        :param ids: the ids among these that are returned
        :param own: query for ``id``, ``sale_line_id``, ``running`` (the place in the
            queue) and ``quantity`` of what is coming for an order alone
        :param earlier: query for ``product_id``, ``warehouse_id`` and ``quantity`` of
            what serves before it, besides the stock
        :return: list of ``(id, order line, quantity)``, the first of the queue first
        """
        self.env["stock.availability"]._flush_sources()
        self.env["backorder.retry"]._flush_queue()
        self.env.cr.execute(self._get_served_query(warehouses, **supply))
        rows = self.env.cr.fetchall()
        lines = self.env["sale.order.line"].browse(row[1] for row in rows)
        return [
            (id_, line, quantity)
            for (id_, _line_id, quantity), line in zip(rows, lines, strict=True)
        ]

    def _get_served_query(self, warehouses, **supply):
        return SQL(
            """
            WITH place AS (%(places)s), demand AS (%(demand)s), stock AS (%(stock)s),
                 claimed AS (%(claimed)s), set_aside AS (%(set_aside)s),
                 earlier AS (%(earlier)s), incoming AS (%(incoming)s), supply AS (
                    SELECT incoming.*,
                           COALESCE(stock.quantity, 0) - COALESCE(claimed.quantity, 0)
                               - COALESCE(set_aside.quantity, 0)
                               + COALESCE(earlier.quantity, 0)
                               + SUM(incoming.quantity) OVER (
                                   PARTITION BY product_id, warehouse_id
                                   ORDER BY incoming.date, incoming.id) AS running
                      FROM incoming
                      LEFT JOIN stock USING (product_id, warehouse_id)
                      LEFT JOIN claimed USING (product_id, warehouse_id)
                      LEFT JOIN set_aside USING (product_id, warehouse_id)
                      LEFT JOIN earlier USING (product_id, warehouse_id)
                 ), served AS (
                    SELECT supply.id, demand.sale_line_id, demand.running,
                           LEAST(supply.running, demand.running) - GREATEST(
                               supply.running - supply.quantity,
                               demand.running - demand.missing) AS quantity
                      FROM supply JOIN demand USING (product_id, warehouse_id)
                     UNION ALL (%(own)s)
                 )
            SELECT served.id, served.sale_line_id, SUM(served.quantity)::float8
              FROM served
              JOIN sale_order_line line ON line.id = served.sale_line_id
              JOIN sale_order so ON so.id = line.order_id
             WHERE served.id = ANY(%(ids)s) AND served.quantity > 0
               AND so.backorder_state IN %(states)s
             GROUP BY served.id, served.sale_line_id
             ORDER BY MIN(served.running), served.sale_line_id
            """,
            places=self._get_promised_places(warehouses),
            demand=self._get_open_demand_rows(
                SQL("COALESCE(so.backorder_state, 'none') != 'on_hold'")
            ),
            stock=self._get_promised_rows(),
            claimed=self._get_claimed_rows(),
            set_aside=self._get_set_aside_rows(),
            states=BACKORDERED_STATES,
            **supply,
        )

    def _get_serving_rows(self, warehouses):
        """Return what comes for these products, without make-to-order supply."""
        availability = self.env["stock.availability"]
        return SQL(
            """
            WITH place AS (%(places)s)
            SELECT coming.id, coming.product_id, coming.warehouse_id, coming.date,
                   coming.quantity - LEAST(coming.quantity, COALESCE((
                       SELECT SUM(dest.product_qty)
                         FROM stock_move_move_rel rel
                         JOIN stock_move dest ON dest.id = rel.move_dest_id
                        WHERE rel.move_orig_id = coming.id
                          AND dest.procure_method = 'make_to_order'
                          AND dest.state IN %(open)s), 0)) AS quantity
              FROM (%(rows)s) coming
            """,
            places=availability._get_place_query(warehouses),
            rows=availability._get_incoming_rows(
                SQL("= ANY(%s)", availability._get_array(self.product_id))
            ),
            open=OPEN_MOVE_STATES,
        )

    def _get_own_supply_rows(self):
        """Return the make-to-order demand that these moves supply directly."""
        return SQL(
            """
            SELECT move.id, dest.sale_line_id, 0 AS running,
                   LEAST(move.product_qty, dest.product_qty) AS quantity
              FROM stock_move move
              JOIN stock_move_move_rel rel ON rel.move_orig_id = move.id
              JOIN stock_move dest ON dest.id = rel.move_dest_id
             WHERE move.id = ANY(%s)
               AND dest.procure_method = 'make_to_order' AND dest.state IN %s
            """,
            self.ids,
            OPEN_MOVE_STATES,
        )
