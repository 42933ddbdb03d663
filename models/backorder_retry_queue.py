# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class BackorderRetry(models.Model):
    """The order in which demand gets the stock."""

    _inherit = "backorder.retry"

    @api.model
    def _get_queue(self, products, warehouse, after=None, around=None, limit=None):
        """Return the demand to allocate stock to, in the order of the queue.

        Orders are sorted by priority, creation date and id; demand without an order
        by the priority and the date of its move.

        :param around: only demand from this location or its parents
        :return: list of dicts with ``order_id``, ``move_ids`` and ``position``
        """
        condition = SQL(
            """
            move.product_id = ANY(%(products)s)
            AND move.state IN ('confirmed', 'partially_available')
            AND move.procure_method = 'make_to_stock'
            AND %(places)s
            AND (type.reservation_method = 'at_confirm'
                 OR move.reservation_date <= %(today)s)
            AND COALESCE(so.backorder_state, 'none') != 'on_hold'
            """,
            products=list(products.ids),
            places=self._get_queue_places(warehouse, around),
            today=fields.Date.today(),
        )
        return self._read_queue(condition, after, limit)

    @api.model
    def _get_queue_of(self, moves):
        """Return these moves in the order of the queue, as :meth:`_get_queue` does."""
        return self._read_queue(SQL("move.id = ANY(%s)", list(moves.ids)))

    def _read_queue(self, condition, after=None, limit=None):
        """Return the moves that match ``condition`` in the order of the queue."""
        self._flush_queue()
        self.env.cr.execute(
            SQL(
                """
                SELECT so.id AS order_id,
                       ARRAY_AGG(move.id ORDER BY move.date, move.id) AS move_ids,
                       rank.value AS rank, queued.since AS since,
                       COALESCE(so.id, move.id) AS last
                  FROM stock_move move
                  JOIN stock_location place ON place.id = move.location_id
                  JOIN stock_picking_type type ON type.id = move.picking_type_id
                  LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
                  LEFT JOIN sale_order so ON so.id = line.order_id
                 CROSS JOIN LATERAL (SELECT %(rank)s AS value) rank
                 CROSS JOIN LATERAL (
                       SELECT EXTRACT(epoch FROM COALESCE(%(since)s, move.date))::float8
                              AS since) queued
                 WHERE %(condition)s
                   AND (%(after)s OR
                        (rank.value, queued.since, COALESCE(so.id, move.id))
                        > (%(after_rank)s, %(after_since)s, %(after_last)s))
                 GROUP BY rank.value, queued.since, COALESCE(so.id, move.id), so.id
                 ORDER BY rank.value, queued.since, COALESCE(so.id, move.id)
                 LIMIT %(limit)s
                """,
                rank=self._get_queue_rank(),
                since=self._get_queue_since(),
                condition=condition,
                after=not after,
                after_rank=after[0] if after else 0,
                after_since=after[1] if after else 0.0,
                after_last=after[2] if after else 0,
                limit=limit,
            )
        )
        return [
            {**row, "position": [row["rank"], row["since"], row["last"]]}
            for row in self.env.cr.dictfetchall()
        ]

    def _flush_queue(self):
        self.env["stock.move"].flush_model(
            [
                "product_id",
                "location_id",
                "state",
                "procure_method",
                "picking_type_id",
                "reservation_date",
                "date",
                "priority",
                "sale_line_id",
            ]
        )
        self.env["stock.picking.type"].flush_model(["reservation_method"])
        self.env["stock.location"].flush_model(["warehouse_id", "availability_kind"])
        self.env["sale.order"].flush_model(
            ["backorder_priority", "backorder_root_id", "backorder_state"]
        )

    def _get_queue_places(self, warehouse, around):
        if around:
            parents = [int(path) for path in around.parent_path.split("/") if path]
            return SQL("place.id = ANY(%s)", parents)
        return SQL(
            "place.warehouse_id = %s AND place.availability_kind = 'pickable'",
            warehouse.id,
        )

    def _get_queue_rank(self):
        """Return the rank of a position in the queue as SQL; the lowest comes first."""
        return SQL(
            """CASE WHEN so.id IS NULL
                    THEN CASE move.priority WHEN '1' THEN 0 ELSE 2 END
                    ELSE CASE so.backorder_priority
                         WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'low' THEN 3
                         ELSE 2 END END"""
        )

    def _get_queue_since(self):
        """Return when the order joined the queue as SQL; split orders keep the date."""
        return SQL(
            """COALESCE((SELECT root.create_date FROM sale_order root
                          WHERE root.id = so.backorder_root_id), so.create_date)"""
        )

    @api.model
    def _get_free_quantity(self, product, warehouse):
        """Return the pickable quantity that is not reserved."""
        free = self._get_unreserved_quantity(product, warehouse)
        return free if product.uom_id.compare(free, 0) > 0 else 0.0

    @api.model
    def _get_unreserved_quantity(self, product, warehouse):
        """Return the stock less what is reserved; below zero, arrivals fill it."""
        quantities = self.env["stock.availability"]._get_unreserved_quantities(
            product, warehouse
        )
        return quantities.get((product.id, warehouse.id), 0.0)
