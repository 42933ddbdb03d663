# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from .stock_availability_source import OPEN_MOVE_STATES

# Of ``product_id``, ``warehouse_id`` and ``quantity``.
NO_ROWS = SQL(
    """SELECT NULL::int AS product_id, NULL::int AS warehouse_id,
              NULL::numeric AS quantity
        WHERE FALSE"""
)


class StockMove(models.Model):
    """The coverage of an order's demand."""

    _inherit = "stock.move"

    def _get_coverage(self):
        """Return how the open demand of each move is covered.

        In a chain, demand counts at the first open move.

        :return: ``{move: (demand, reserved, covered)}`` in the product's unit;
            what is neither reserved nor covered is short
        """
        open_moves = self.filtered(lambda move: move.state in OPEN_MOVE_STATES)
        unreserved = open_moves.filtered(lambda move: move._can_be_covered())
        undue = unreserved._filter_not_reserved_yet()
        promised = unreserved._get_promised_stock(undue) if unreserved else {}
        coverage = {}
        for move in open_moves:
            demand = move._get_own_demand()
            reserved = min(demand, move._get_reserved_product_qty())
            coverage[move] = (
                demand,
                reserved,
                move._get_covered(demand - reserved, promised),
            )
        return coverage

    def _get_own_demand(self, added=None):
        """Return the demand without open origin moves, in the product's unit.

        :param added: a move about to become an origin, with its future values
        """
        if self._has_own_supply():
            return self.product_qty
        upstream = self.move_orig_ids.filtered(
            lambda move: (
                move.state in OPEN_MOVE_STATES and not (added and move == added._origin)
            )
        )
        coming = sum(upstream.mapped("product_qty"))
        if added and self in added.move_dest_ids._origin:
            coming += added._get_demand_qty()
        return max(0.0, self.product_qty - coming)

    def _get_reserved_product_qty(self):
        return sum(self.move_line_ids.mapped("quantity_product_uom"))

    def _get_covered(self, missing, promised):
        """Return the part of ``missing`` that is covered although not reserved."""
        if self._has_own_supply():
            return 0.0 if self._is_supply_late() else missing
        return min(missing, promised.get(self.id, 0.0))

    def _has_own_supply(self):
        """Whether this move has a procurement of its own."""
        if self.location_id.usage not in ("internal", "transit"):
            return True
        upstream = self.move_orig_ids.filtered(lambda move: move.state != "cancel")
        return self.procure_method == "make_to_order" and not any(
            move.location_id.usage == "internal" and move.sale_line_id
            for move in upstream
        )

    def _is_supply_late(self):
        """Whether the date of its own supply has passed."""
        return max(self._get_own_supply_moments() or [self.date]).date() < (
            fields.Date.today()
        )

    def _get_own_supply_moments(self):
        """Return the date of its own supply; extend it for other documents."""
        upstream = self.move_orig_ids.filtered(
            lambda move: move.state in OPEN_MOVE_STATES
        )
        return upstream.mapped("date")

    def _can_be_covered(self):
        """Whether unreserved stock may still cover this move."""
        return (
            self.state in ("confirmed", "partially_available")
            and self.procure_method == "make_to_stock"
            and not self._has_own_supply()
            and not self._should_bypass_reservation()
        )

    def _filter_not_reserved_yet(self):
        """Return the moves that free stock covers, as nothing has reserved it yet."""
        if not self:
            return self
        contested = self.env["backorder.retry"]._get_contested_keys(self.product_id)
        return self.filtered(
            lambda move: move._is_undue() or move._get_stock_key() in contested
        )

    def _get_stock_key(self):
        """Return the ids of the product and of the warehouse that it is taken from."""
        return self.product_id.id, self.location_id.warehouse_id.id

    def _is_undue(self):
        """Whether the reservation is manual or at a later date."""
        return not (
            self.picking_type_id.reservation_method == "at_confirm"
            or (self.reservation_date and self.reservation_date <= fields.Date.today())
        )

    def _get_promised_stock(self, unreserving):
        """Return the stock that covers moves without a reservation.

        Demand shares the stock in the order of the queue, one window per product and
        warehouse. Stock not put away yet counts for all moves; reservable stock only
        for those that do not reserve yet, as others would have reserved it.

        :param unreserving: the moves that are not due yet or ship complete
        :return: ``{move_id: quantity}`` in the product's unit
        """
        self.env["stock.availability"]._flush_sources()
        self.flush_model(["priority", "date", "reservation_date"])
        self.env.cr.execute(self._get_promised_query(unreserving))
        return defaultdict(float, self.env.cr.fetchall())

    def _get_promised_query(self, unreserving):
        return SQL(
            """
            WITH place AS (%(places)s), demand AS (%(demand)s), stock AS (%(stock)s),
                 claimed AS (%(claimed)s), set_aside AS (%(set_aside)s),
                 unseen AS (%(unseen)s)
            SELECT demand.id,
                   GREATEST(0, LEAST(
                       demand.running,
                       stock.quantity - COALESCE(claimed.quantity, 0)
                                      - COALESCE(set_aside.quantity, 0)
                                      - COALESCE(unseen.quantity, 0)
                   ) - GREATEST(
                       demand.running - demand.missing,
                       CASE WHEN demand.id = ANY(%(unreserving)s) THEN 0
                            ELSE stock.reservable END
                   ))::float8
              FROM demand
              JOIN stock USING (product_id, warehouse_id)
              LEFT JOIN claimed USING (product_id, warehouse_id)
              LEFT JOIN set_aside USING (product_id, warehouse_id)
              LEFT JOIN unseen USING (product_id, warehouse_id)
             WHERE demand.id = ANY(%(moves)s)
            """,
            places=self._get_promised_places(self.location_id.warehouse_id),
            demand=self._get_open_demand_rows(SQL("TRUE")),
            stock=self._get_promised_rows(),
            claimed=self._get_claimed_rows(),
            set_aside=self._get_set_aside_rows(),
            unseen=self._get_unseen_rows(),
            unreserving=unreserving.ids,
            moves=self.ids,
        )

    def _get_promised_places(self, warehouses):
        return SQL(
            """
            SELECT location.id, location.warehouse_id,
                   location.availability_kind AS kind
              FROM stock_location location
             WHERE location.warehouse_id = ANY(%s)
               AND location.availability_kind IN ('pickable', 'inbound')
            """,
            warehouses.ids,
        )

    def _get_open_demand_rows(self, condition):
        """The missing quantity of each move, and cumulated over the queue.

        :param condition: which demand counts; it may read ``move`` and ``so``
        """
        retries = self.env["backorder.retry"]
        return SQL(
            """
            SELECT move.id, move.sale_line_id, move.product_id, place.warehouse_id,
                   move.product_qty - COALESCE(reserved.quantity, 0) AS missing,
                   SUM(move.product_qty - COALESCE(reserved.quantity, 0)) OVER (
                       PARTITION BY move.product_id, place.warehouse_id
                       ORDER BY %(rank)s, COALESCE(%(since)s, move.date),
                                COALESCE(so.id, move.id), move.id) AS running
              FROM stock_move move
              JOIN place ON place.id = move.location_id
              LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
              LEFT JOIN sale_order so ON so.id = line.order_id
              LEFT JOIN LATERAL (
                   SELECT SUM(quantity_product_uom) AS quantity
                     FROM stock_move_line WHERE move_id = move.id) reserved ON TRUE
             WHERE move.product_id = ANY(%(products)s)
               AND move.state IN ('confirmed', 'partially_available')
               AND move.procure_method = 'make_to_stock'
               AND %(condition)s
            """,
            condition=condition,
            rank=retries._get_queue_rank(),
            since=retries._get_queue_since(),
            products=self.product_id.ids,
        )

    def _get_promised_rows(self):
        """The promisable stock, and the part that can be reserved now."""
        return SQL(
            """
            SELECT quant.product_id, place.warehouse_id,
                   COALESCE(SUM(quant.quantity), 0) AS quantity,
                   COALESCE(SUM(COALESCE(quant.quantity, 0) - quant.reserved_quantity)
                       FILTER (WHERE place.kind = 'pickable'), 0) AS reservable
              FROM stock_quant quant
              JOIN place ON place.id = quant.location_id
             WHERE quant.product_id = ANY(%s) AND %s
             GROUP BY quant.product_id, place.warehouse_id
            """,
            self.product_id.ids,
            self.env["stock.quant"]._get_promise_condition("quant"),
        )

    def _get_claimed_rows(self):
        """The part reserved to leave the warehouse, not only to be put away."""
        return SQL(
            """
            SELECT move.product_id, place.warehouse_id,
                   SUM(line.quantity_product_uom) AS quantity
              FROM stock_move move
              JOIN stock_move_line line ON line.move_id = move.id
              JOIN place ON place.id = line.location_id
              LEFT JOIN place final ON final.warehouse_id = place.warehouse_id
               AND final.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE move.product_id = ANY(%s) AND move.state IN %s AND final.id IS NULL
               AND %s
             GROUP BY move.product_id, place.warehouse_id
            """,
            self.product_id.ids,
            OPEN_MOVE_STATES,
            self.env["stock.quant"]._get_promise_condition("line"),
        )

    def _get_set_aside_rows(self):
        """Return the stock set aside; extend it for soft reservations.

        :return: query for ``product_id``, ``warehouse_id`` and ``quantity``
        """
        return NO_ROWS

    def _get_unseen_rows(self):
        """The part that others promised since this transaction began."""
        unseen = self.env["stock.promise.guard"]._get_unseen_quantities()
        if not unseen:
            return NO_ROWS
        rows = [(*key, quantity) for key, quantity in unseen.items()]
        return SQL(
            """SELECT * FROM unnest(%s::int[], %s::int[], %s::numeric[])
                   AS unseen (product_id, warehouse_id, quantity)""",
            *map(list, zip(*rows, strict=True)),
        )
