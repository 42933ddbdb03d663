# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL

from .stock_availability_source import OPEN_MOVE_STATES


class StockAvailability(models.AbstractModel):
    """The demand that availability deducts, one query for each source."""

    _inherit = "stock.availability"

    def _get_demand_query(self, rows):
        """Quantities that moves will take out, by product and warehouse.

        Goods in an outbound location belong to an order already: such a move is no
        commitment, but its units are reserved.
        """
        return SQL(
            """
            SELECT product_id, warehouse_id,
                   SUM(quantity) FILTER (WHERE is_supply) AS committed,
                   SUM(quantity) FILTER (WHERE NOT is_supply) AS reserved_elsewhere,
                   SUM(quantity) FILTER (WHERE kind = 'outbound') AS packed
              FROM (%s) demand
             GROUP BY product_id, warehouse_id
            """,
            rows,
        )

    def _get_demand_rows(self, requested, excluded):
        """All open moves that take stock out, with their quantity."""
        return SQL(
            "(%s) UNION ALL (%s) UNION ALL (%s) UNION ALL (%s)",
            self._get_leaving_rows(requested, excluded),
            self._get_made_rows(requested, excluded),
            self._get_returned_rows(requested, excluded),
            self._get_unpromised_rows(requested, excluded),
        )

    def _get_leaving_rows(self, requested, excluded):
        """Open moves that will take stock out of the warehouse."""
        return SQL(
            """
            SELECT move.id, move.product_id, place.warehouse_id, place.is_supply,
                   place.kind,
                   move.product_qty AS quantity
              FROM stock_move move
              %s
             WHERE move.product_id %s
               AND move.procure_method != 'make_to_order'
               AND %s
            """,
            self._get_leaving_joins(),
            requested,
            self._get_leaving_condition(excluded),
        )

    def _get_made_rows(self, requested, excluded):
        """Open make-to-order moves; they take at most what arrived for them."""
        return SQL(
            """
            SELECT move.id, move.product_id, place.warehouse_id, place.is_supply,
                   place.kind,
                   LEAST(move.product_qty, GREATEST(0, %(brought)s - %(taken)s))
                       AS quantity
              FROM stock_move move
              %(joins)s
             WHERE move.product_id %(requested)s
               AND move.procure_method = 'make_to_order'
               AND %(leaving)s
            OFFSET 0
            """,
            joins=self._get_leaving_joins(),
            requested=requested,
            leaving=self._get_leaving_condition(excluded),
            brought=self._get_brought(),
            taken=self._get_taken(),
        )

    def _get_returned_rows(self, requested, excluded):
        """Returned picks, to be picked again.

        Open moves from outbound locations, by the quantity that is neither there for
        them nor about to arrive.
        """
        return SQL(
            """
            SELECT move.id, move.product_id, place.warehouse_id, TRUE AS is_supply,
                   'pickable' AS kind,
                   GREATEST(0, move.product_qty - %(coming)s
                               - GREATEST(0, %(brought)s - %(taken)s)) AS quantity
              FROM stock_move move
              %(joins)s
             WHERE move.product_id %(requested)s
               AND move.procure_method = 'make_to_order'
               AND place.kind = 'outbound'
               AND %(leaving)s
            OFFSET 0
            """,
            joins=self._get_leaving_joins(),
            requested=requested,
            leaving=self._get_leaving_condition(excluded),
            coming=self._get_coming(),
            brought=self._get_brought(),
            taken=self._get_taken(),
        )

    def _get_coming(self):
        """The open quantity of the origins of ``move``."""
        return SQL(
            """COALESCE((SELECT SUM(origin.product_qty)
                        FROM stock_move_move_rel rel
                        JOIN stock_move origin ON origin.id = rel.move_orig_id
                       WHERE rel.move_dest_id = move.id
                         AND origin.state IN %s), 0)""",
            OPEN_MOVE_STATES,
        )

    def _get_brought(self):
        """The done quantity of the origins of ``move``."""
        return SQL(
            """COALESCE((SELECT SUM(line.quantity_product_uom)
                        FROM stock_move_move_rel rel
                        JOIN stock_move origin
                          ON origin.id = rel.move_orig_id AND origin.state = 'done'
                        JOIN stock_move_line line ON line.move_id = origin.id
                       WHERE rel.move_dest_id = move.id), 0)"""
        )

    def _get_taken(self):
        """The part of it that other moves, including returns, have taken."""
        return SQL(
            """COALESCE((SELECT SUM(line.quantity_product_uom)
                        FROM stock_move sibling
                        JOIN stock_move_line line ON line.move_id = sibling.id
                       WHERE sibling.state = 'done' AND sibling.id IN (
                             SELECT other.move_dest_id
                               FROM stock_move_move_rel own
                               JOIN stock_move_move_rel other
                                 ON other.move_orig_id = own.move_orig_id
                              WHERE own.move_dest_id = move.id)), 0)"""
        )

    def _get_leaving_joins(self):
        """Join a move with its source and its final location."""
        return SQL(
            """JOIN place ON place.id = move.location_id
              LEFT JOIN place final ON final.id
                   = COALESCE(move.location_final_id, move.location_dest_id)"""
        )

    def _get_leaving_condition(self, excluded):
        return SQL(
            """move.state IN %s AND %s
               AND (final.warehouse_id IS DISTINCT FROM place.warehouse_id
                    OR place.is_supply AND final.kind = 'outbound')
               AND %s""",
            OPEN_MOVE_STATES,
            excluded,
            self._get_ours_condition(),
        )

    def _get_ours_condition(self):
        """Exclude transfers for the owner of consigned goods."""
        return SQL(
            """(move.picking_id IS NULL OR move.picking_id NOT IN (
                SELECT picking.id FROM stock_picking picking
                  JOIN res_company company ON company.id = picking.company_id
                  JOIN res_partner owner ON owner.id = picking.owner_id
                 WHERE picking.owner_id IS NOT NULL
                   AND picking.state NOT IN ('done', 'cancel')
                   AND owner.id != company.partner_id
                   AND NOT (company.promise_vendor_stock AND owner.supplier_rank > 0)
            ))"""
        )

    def _get_unpromised_rows(self, requested, excluded):
        """Reservations of outgoing moves on stock that may not be promised.

        It was chosen manually, so that less of the promisable stock is committed. An
        order whose lot expires after the reservation must still be served.
        """
        quants = self.env["stock.quant"]
        return SQL(
            """
            SELECT move.id, move.product_id, place.warehouse_id, place.is_supply,
                   place.kind, -line.quantity_product_uom AS quantity
              FROM stock_move_line line
              JOIN stock_move move ON move.id = line.move_id
              %(joins)s
             WHERE line.product_id %(requested)s
               AND line.state IN %(open)s
               AND (line.owner_id IS NOT NULL OR line.lot_id IS NOT NULL)
               AND place.is_supply
               AND %(leaving)s
               AND NOT (%(promised)s OR move.sale_line_id IS NOT NULL AND %(owned)s)
            OFFSET 0
            """,
            joins=self._get_leaving_joins(),
            requested=requested,
            open=OPEN_MOVE_STATES,
            leaving=self._get_leaving_condition(excluded),
            promised=quants._get_promise_condition("line"),
            owned=quants._get_owner_condition("line"),
        )

    def _get_pending_query(self, products, excluded_orders):
        """Demand of orders whose approval or delivery is pending."""
        return SQL(
            """
            SELECT product_id, warehouse_id, SUM(quantity) AS committed,
                   0 AS reserved_elsewhere
              FROM (%s) pending
             GROUP BY product_id, warehouse_id
            """,
            self._get_pending_rows(products, excluded_orders),
        )

    def _get_pending_rows(self, products, excluded_orders):
        """The same by order, computed from its lines on demand."""
        rows = self._get_pending_demand(products, excluded_orders)
        return SQL(
            """
            SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::numeric[])
                AS pending (order_id, product_id, warehouse_id, quantity)
            """,
            [order.id for order, *_rest in rows],
            [product.id for _order, product, *_rest in rows],
            [warehouse.id for _order, _product, warehouse, _quantity in rows],
            [quantity for *_rest, quantity in rows],
        )

    def _get_exclusion(self, line_id, excluded_orders):
        if not excluded_orders or not excluded_orders.order_line.ids:
            return SQL("TRUE")
        return SQL(
            "(%s IS NULL OR %s != ALL(%s))",
            line_id,
            line_id,
            self._get_array(excluded_orders.order_line),
        )
