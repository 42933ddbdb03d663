# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.planned import without_jit


class BackorderSupply(models.AbstractModel):
    """Shortages of orders on hold, for which nothing is bought.

    They count as short, but the orders need a review first, which may end in a
    substitute or a cancellation.
    """

    _inherit = "backorder.supply"

    @api.model
    def _get_held(self, products, warehouses):
        """Return ``{(product_id, warehouse_id): shortage of orders on hold}``.

        Reserved quantities are not short.
        """
        if not products or not warehouses:
            return {}
        self.env["stock.availability"]._flush_sources()
        self.env["sale.order"].flush_model(["backorder_state"])
        self.env["sale.order.line"].flush_model(["order_id"])
        with without_jit(self.env.cr):
            self.env.cr.execute(self._get_held_query(products, warehouses))
            return {tuple(key): held for *key, held in self.env.cr.fetchall()}

    def _get_held_query(self, products, warehouses):
        availability = self.env["stock.availability"]
        requested = SQL("= ANY(%s)", availability._get_array(products))
        return SQL(
            """
            WITH place AS NOT MATERIALIZED (%(places)s), demand AS (
                SELECT rows.id, rows.product_id, rows.warehouse_id,
                       SUM(rows.quantity) AS quantity
                  FROM (%(rows)s) rows
                 WHERE rows.is_supply AND rows.quantity > 0
                 GROUP BY rows.id, rows.product_id, rows.warehouse_id)
            SELECT demand.product_id, demand.warehouse_id,
                   SUM(GREATEST(0, demand.quantity - reserved.quantity))::float8
              FROM demand
              JOIN stock_move move ON move.id = demand.id
              JOIN sale_order_line line ON line.id = move.sale_line_id
              JOIN sale_order so ON so.id = line.order_id
             CROSS JOIN LATERAL (
                   SELECT COALESCE(SUM(taken.quantity_product_uom), 0) AS quantity
                     FROM stock_move_line taken
                    WHERE taken.move_id = move.id) reserved
             WHERE so.backorder_state = 'on_hold'
             GROUP BY demand.product_id, demand.warehouse_id
            """,
            places=availability._get_place_query(warehouses),
            rows=availability._get_demand_rows(requested, SQL("TRUE")),
        )
