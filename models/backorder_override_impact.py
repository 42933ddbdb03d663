# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ..promise_queue import Claim, find_losers


class BackorderOverride(models.Model):
    """Which other backordered orders would get less, or later, by an approval."""

    _inherit = "backorder.override"

    def _get_losers(self):
        """Return the orders that get less, or later, once this request is approved.

        Free and incoming stock is allocated in the order of the queue, once without
        this order and once with it.

        :return: list of dicts with ``order_id``, ``product_id``, ``warehouse_id``,
            ``lost_qty`` in the product's unit, ``date_before`` and ``date_after``
            (a datetime, None for now, False if there is no supply)
        """
        self.ensure_one()
        request = self.sudo()
        requested = {
            (line.product_id.id, line.warehouse_id.id): line.requested_qty
            for line in request.line_ids.filtered("shortage_qty")
            if line.warehouse_id
        }
        if not requested:
            return []
        claims = self._get_claims(requested)
        supply = self._get_supply(requested)
        losers = []
        for key, quantity in requested.items():
            own = Claim(self.order_id.id, self._get_position(), quantity)
            found = find_losers(claims[key], supply[key], own)
            losers += self._prepare_losers(key, found)
        return losers

    def _prepare_losers(self, key, losers):
        return [
            {
                "order_id": after.order,
                "product_id": key[0],
                "warehouse_id": key[1],
                "lost_qty": max(0.0, before.quantity - after.quantity),
                "date_before": before.day if before.is_complete else False,
                "date_after": after.day if after.is_complete else False,
            }
            for before, after in losers
        ]

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _get_position(self):
        """Return the position of this order in the queue."""
        retries = self.env["backorder.retry"]
        self.order_id.flush_recordset(["backorder_priority"])
        self.env.cr.execute(
            SQL(
                """
                SELECT %s, EXTRACT(epoch FROM %s)::float8, so.id
                  FROM sale_order so
                  LEFT JOIN stock_move move ON FALSE
                 WHERE so.id = %s
                """,
                retries._get_queue_rank(),
                retries._get_queue_since(),
                self.order_id.id,
            )
        )
        return self.env.cr.fetchone()

    def _get_claims(self, keys):
        """Return ``{key: claims}`` of the other backordered orders, in one query."""
        retries = self.env["backorder.retry"]
        self.env["stock.availability"]._flush_sources()
        self.env["sale.order"].flush_model(["backorder_priority", "backorder_state"])
        self.env.cr.execute(
            SQL(
                """
                SELECT move.product_id, place.warehouse_id, so.id, %(rank)s,
                       EXTRACT(epoch FROM %(since)s)::float8,
                       SUM(move.product_qty - COALESCE(reserved.quantity, 0))::float8
                  FROM stock_move move
                  JOIN stock_location place ON place.id = move.location_id
                  JOIN sale_order_line line ON line.id = move.sale_line_id
                  JOIN sale_order so ON so.id = line.order_id
                  LEFT JOIN LATERAL (
                       SELECT SUM(quantity_product_uom) AS quantity
                         FROM stock_move_line WHERE move_id = move.id) reserved ON TRUE
                 WHERE move.product_id = ANY(%(products)s)
                   AND place.warehouse_id = ANY(%(warehouses)s)
                   AND place.availability_kind IN ('pickable', 'inbound')
                   AND move.state IN ('confirmed', 'partially_available')
                   AND move.procure_method = 'make_to_stock'
                   AND so.backorder_state != 'on_hold'
                   AND so.id != %(order)s
                 GROUP BY move.product_id, place.warehouse_id, so.id, 4, 5
                """,
                rank=retries._get_queue_rank(),
                since=retries._get_queue_since(),
                products=[product_id for product_id, _warehouse_id in keys],
                warehouses=[warehouse_id for _product_id, warehouse_id in keys],
                order=self.order_id.id,
            )
        )
        claims = defaultdict(list)
        for (
            product_id,
            warehouse_id,
            order_id,
            rank,
            since,
            missing,
        ) in self.env.cr.fetchall():
            claims[product_id, warehouse_id].append(
                Claim(order_id, (rank, since, order_id), missing)
            )
        return claims

    def _get_supply(self, keys):
        """Return ``{key: [(date, quantity)]}``: free stock, then incoming stock."""
        availability = self.env["stock.availability"].sudo()
        products = self.env["product.product"].browse({key[0] for key in keys})
        warehouses = self.env["stock.warehouse"].browse({key[1] for key in keys})
        supply = {}
        for key in keys:
            free = self.env["backorder.retry"]._get_free_quantity(
                products.browse(key[0]), warehouses.browse(key[1])
            )
            supply[key] = [(None, free)] if free else []
        for row in availability._get_incoming_documents(products, warehouses):
            key = (row["product_id"], row["warehouse_id"])
            if key in supply:
                supply[key].append((row["date"], row["quantity"]))
        return supply
