# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL

OPEN_MOVE_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class StockAvailability(models.AbstractModel):
    """The sources of the parts of availability: one query each."""

    _inherit = "stock.availability"

    def _get_sources(self, products, excluded_orders):
        """Return ``{name: (query, its parts)}``.

        A query yields ``product_id``, ``warehouse_id`` and one column for each of its
        parts. It may read ``requested_product``, and ``place``: the locations of the
        requested warehouses with their kind. Parts of several sources are added up.
        Ids come from ``_get_array``, which keeps the statement and its plan the same.
        """
        pending = ["committed", "reserved_elsewhere"]
        demand = [*pending, "packed"]
        stock = ["pickable", "inbound", "outbound", "quarantined", "negative"]
        requested = SQL("= ANY(%s)", self._get_array(products))
        excluded = self._get_exclusion(SQL("move.sale_line_id"), excluded_orders)
        return {
            "quant_source": (self._get_quant_query(requested), stock),
            "demand_source": (
                self._get_demand_query(self._get_leaving_rows(requested, excluded)),
                demand,
            ),
            "made_source": (
                self._get_demand_query(self._get_made_rows(requested, excluded)),
                demand,
            ),
            "returned_source": (
                self._get_demand_query(self._get_returned_rows(requested, excluded)),
                demand,
            ),
            "unpromised_source": (
                self._get_demand_query(self._get_unpromised_rows(requested, excluded)),
                demand,
            ),
            "incoming_source": (self._get_incoming_query(requested), ["incoming"]),
            "pending_source": (
                self._get_pending_query(products, excluded_orders),
                pending,
            ),
            "policy_source": (
                self._get_policy_query(),
                ["safety_stock_quantity", "safety_stock_percent"],
            ),
            "lock_source": (self._get_lock_query(), ["hard_locks"]),
            **self._get_unseen_source(products),
        }

    def _get_unseen_source(self, products):
        """What others promised since this transaction began."""
        unseen = self.env["stock.promise.guard"]._get_unseen_quantities()
        rows = [(*key, unseen[key]) for key in unseen if key[0] in products._ids]
        if not rows:
            return {}
        query = SQL(
            """
            SELECT * FROM unnest(%s::int[], %s::int[], %s::numeric[])
                AS unseen (product_id, warehouse_id, committed)
            """,
            *map(list, zip(*rows, strict=True)),
        )
        return {"unseen_source": (query, ["committed"])}

    def _flush_sources(self):
        """Flush the fields that the sources read."""
        self.env["stock.quant"]._flush_promise_condition()
        self.env["stock.move"].flush_model(
            [
                "product_id",
                "location_id",
                "location_dest_id",
                "location_final_id",
                "state",
                "product_qty",
                "procure_method",
                "sale_line_id",
            ]
        )
        self.env["stock.move.line"].flush_model(
            [
                "move_id",
                "product_id",
                "location_id",
                "lot_id",
                "owner_id",
                "state",
                "quantity_product_uom",
            ]
        )
        self.env["stock.picking"].flush_model(["owner_id", "state", "company_id"])
        self.env["stock.location"].flush_model(
            ["warehouse_id", "availability_kind", "usage"]
        )
        self.env["stock.policy"].flush_model()
        self.env["stock.discrepancy"]._flush_locks()

    def _get_quant_query(self, requested):
        """Stock by kind of location. Quants of a location are netted."""
        return SQL(
            """
            SELECT quant.product_id, place.warehouse_id,
                   SUM(quant.quantity) FILTER (WHERE place.kind = 'pickable')
                       AS pickable,
                   SUM(quant.quantity) FILTER (WHERE place.kind = 'inbound')
                       AS inbound,
                   SUM(quant.quantity) FILTER (WHERE place.kind = 'outbound')
                       AS outbound,
                   SUM(quant.quantity) FILTER (WHERE place.kind = 'quarantine')
                       AS quarantined,
                   SUM(quant.quantity) FILTER (WHERE quant.quantity < 0) AS negative
              FROM stock_quant quant
              JOIN place ON place.id = quant.location_id
             WHERE quant.product_id %s
               AND %s
             GROUP BY quant.product_id, place.warehouse_id
            """,
            requested,
            self._get_quant_condition(),
        )

    def _get_quant_condition(self):
        """The condition for quants that may be promised."""
        return self.env["stock.quant"]._get_promise_condition("quant")

    def _get_unreserved_quantities(self, products, warehouses):
        """Return ``{(product id, warehouse id): pickable stock less reservations}``.

        A pair without stock is left out; below zero, arrivals fill it.
        """
        if not (products and warehouses):
            return {}
        self.env["stock.quant"]._flush_promise_condition()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id, warehouse_id, SUM(quantity)::float8
                  FROM (%s) unreserved
                 GROUP BY product_id, warehouse_id
                """,
                self._get_unreserved_query(products, warehouses, ("pickable",)),
            )
        )
        return {
            (product_id, warehouse_id): quantity
            for product_id, warehouse_id, quantity in rows
        }

    def _get_unreserved_query(self, products, warehouses, kinds):
        """Unreserved stock that may be promised, quant by quant.

        A quant that was only counted so far has no quantity.
        """
        return SQL(
            """
            SELECT quant.product_id, place.warehouse_id,
                   COALESCE(quant.quantity, 0) - quant.reserved_quantity AS quantity
              FROM stock_quant quant
              JOIN stock_location place ON place.id = quant.location_id
             WHERE quant.product_id = ANY(%s)
               AND place.warehouse_id = ANY(%s)
               AND place.availability_kind IN %s
               AND %s
            """,
            list(products.ids),
            list(warehouses.ids),
            kinds,
            self._get_quant_condition(),
        )

    def _get_incoming_query(self, requested):
        """Quantities that open moves will bring in, by product and warehouse."""
        return SQL(
            """
            SELECT product_id, warehouse_id, SUM(quantity) AS incoming
              FROM (%s) supply
             GROUP BY product_id, warehouse_id
            """,
            self._get_incoming_rows(requested),
        )

    def _get_incoming_rows(self, requested):
        """Open incoming moves; of a chain, only the last open one."""
        return SQL(
            """
            SELECT move.id, move.product_id, place.warehouse_id, move.date,
                   move.product_qty AS quantity
              FROM stock_move move
              JOIN place ON place.id
                   = COALESCE(move.location_final_id, move.location_dest_id)
              LEFT JOIN place source ON source.id = move.location_id
              LEFT JOIN place next ON next.id = move.location_dest_id
             WHERE move.product_id %(requested)s
               AND move.state IN %(open)s
               AND place.is_supply
               AND %(ours)s
               AND source.warehouse_id IS DISTINCT FROM place.warehouse_id
               AND (next.warehouse_id = place.warehouse_id OR NOT EXISTS (
                       SELECT FROM stock_move_move_rel rel
                         JOIN stock_move later ON later.id = rel.move_dest_id
                        WHERE rel.move_orig_id = move.id AND later.state IN %(open)s))
            """,
            requested=requested,
            open=OPEN_MOVE_STATES,
            ours=self._get_ours_condition(),
        )

    def _get_policy_query(self):
        """The safety stock of each warehouse."""
        return SQL(
            """
            SELECT setting.product_id, setting.warehouse_id,
                   setting.safety_stock_quantity, setting.safety_stock_percent
              FROM stock_policy setting
             WHERE setting.location_id IS NULL
               AND setting.product_id IN (SELECT id FROM requested_product)
            """
        )

    def _get_lock_query(self):
        """The open discrepancies with a hard lock."""
        condition = SQL(
            """discrepancy.product_id IN (SELECT id FROM requested_product)
               AND discrepancy.warehouse_id IN (SELECT id FROM requested_warehouse)"""
        )
        return SQL(
            """
            SELECT lock.product_id, lock.warehouse_id, COUNT(*) AS hard_locks
              FROM (%s) lock
             WHERE lock.policy = 'hard'
             GROUP BY lock.product_id, lock.warehouse_id
            """,
            self.env["stock.discrepancy"]._get_lock_query(condition),
        )
