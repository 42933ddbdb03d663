# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from .stock_availability import OPEN_MOVE_STATES


class StockMove(models.Model):
    """When the supply of a waiting move is expected (E7)."""

    _inherit = "stock.move"

    def _filter_short(self):
        """Return the moves to customers that nothing in stock covers completely."""
        moves = self.filtered(lambda move: move._serves_customer())
        return self.browse().union(
            *(
                move
                for move, (demand, reserved, covered) in moves._get_coverage().items()
                if move.product_id.uom_id.compare(demand, reserved + covered) > 0
            )
        )

    def _get_expected_supply_dates(self):
        """Return ``{move: date}`` on which what each of these waits for arrives.

        Left out are those that nothing on its way covers in time.
        """
        own = self.filtered(lambda move: move._has_own_supply())
        dates = {move: move._get_own_supply_date() for move in own}
        dates |= (self - own)._get_shared_supply_dates()
        today = fields.Date.today()
        return {move: date for move, date in dates.items() if date and date >= today}

    def _get_own_supply_date(self):
        """Return when what is bought or made for this move alone is due."""
        upstream = self.move_orig_ids.filtered(
            lambda move: move.state in OPEN_MOVE_STATES
        )
        dates = upstream.mapped("date") or (
            [self.date] if self.location_id.usage == "supplier" else []
        )
        return max(dates).date() if dates else False

    def _get_shared_supply_dates(self):
        if not self:
            return {}
        availability = self.env["stock.availability"]
        availability._flush_sources()
        self.env["stock.quant"].flush_model(["reserved_quantity"])
        self.flush_model(["date", "priority", "sale_line_id"])
        self.env["sale.order"].flush_model(["backorder_priority", "backorder_state"])
        self.env.cr.execute(self._get_shared_supply_query())
        return {self.browse(id_): date for id_, date in self.env.cr.fetchall()}

    def _get_shared_supply_query(self):
        """Match demand and supply, each summed up along its queue.

        Stock that is not reserved yet comes first, then what is on its way, by
        date. What is made or bought for one delivery, or overdue, is nobody else's.
        """
        checks = self.env["backorder.check"]
        return SQL(
            """
            WITH asked AS (
                SELECT DISTINCT move.product_id, place.warehouse_id
                  FROM stock_move move
                  JOIN stock_location place ON place.id = move.location_id
                 WHERE move.id = ANY(%(asked)s)
            ), waiting AS (
                SELECT move.id, move.product_id, place.warehouse_id,
                       SUM(move.product_qty - COALESCE(reserved.quantity, 0)) OVER (
                           PARTITION BY move.product_id, place.warehouse_id
                           ORDER BY COALESCE(so.backorder_state, '') = 'on_hold',
                                    %(rank)s, COALESCE(%(since)s, move.date),
                                    COALESCE(so.id, move.id), move.id) AS running
                  FROM stock_move move
                  JOIN stock_location place ON place.id = move.location_id
                  JOIN asked ON asked.product_id = move.product_id
                            AND asked.warehouse_id = place.warehouse_id
                  LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
                  LEFT JOIN sale_order so ON so.id = line.order_id
                  LEFT JOIN LATERAL (
                       SELECT SUM(quantity_product_uom) AS quantity
                         FROM stock_move_line WHERE move_id = move.id) reserved ON TRUE
                 WHERE move.state IN ('confirmed', 'partially_available')
                   AND move.procure_method = 'make_to_stock'
            ), supply AS (
                SELECT quant.product_id, place.warehouse_id, %(today)s::date AS date,
                       SUM(quant.quantity - quant.reserved_quantity) AS quantity
                  FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                  JOIN asked ON asked.product_id = quant.product_id
                            AND asked.warehouse_id = place.warehouse_id
                 WHERE place.availability_kind IN ('pickable', 'inbound')
                 GROUP BY quant.product_id, place.warehouse_id
                 UNION ALL
                SELECT move.product_id, place.warehouse_id, move.date::date,
                       move.product_qty
                  FROM stock_move move
                  JOIN stock_location place ON place.id
                       = COALESCE(move.location_final_id, move.location_dest_id)
                  LEFT JOIN stock_location source ON source.id = move.location_id
                  JOIN asked ON asked.product_id = move.product_id
                            AND asked.warehouse_id = place.warehouse_id
                 WHERE move.state IN %(open)s
                   AND move.date >= %(today)s
                   AND place.availability_kind IN ('pickable', 'inbound')
                   AND source.warehouse_id IS DISTINCT FROM place.warehouse_id
                   AND NOT EXISTS (
                       SELECT FROM stock_move_move_rel rel
                         JOIN stock_move later ON later.id = rel.move_dest_id
                        WHERE rel.move_orig_id = move.id
                          AND later.procure_method = 'make_to_order')
            ), arrival AS (
                SELECT product_id, warehouse_id, date,
                       SUM(SUM(quantity)) OVER (
                           PARTITION BY product_id, warehouse_id ORDER BY date)
                           AS running
                  FROM supply
                 GROUP BY product_id, warehouse_id, date
            )
            SELECT waiting.id, MIN(arrival.date)
              FROM waiting
              JOIN arrival ON arrival.product_id = waiting.product_id
                          AND arrival.warehouse_id = waiting.warehouse_id
                          AND arrival.running >= waiting.running
             WHERE waiting.id = ANY(%(asked)s)
             GROUP BY waiting.id
            """,
            asked=list(self.ids),
            rank=checks._get_queue_rank(),
            since=checks._get_queue_since(),
            today=fields.Date.today(),
            open=OPEN_MOVE_STATES,
        )
