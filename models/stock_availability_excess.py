# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from .stock_availability_source import OPEN_MOVE_STATES


class StockAvailability(models.AbstractModel):
    """A request for an implausible quantity does not commit stock."""

    _inherit = "stock.availability"

    def _get_pending_demand(self, products, excluded_orders):
        """Return the demand of pending requests: rows of ``order, product, warehouse,
        quantity``.

        A request for many times the stock is left out, but still needs a decision.
        If there is no stock yet, nothing can be committed either.
        """
        requests = self.env["backorder.override"]
        rows = requests._get_pending_demand(products, excluded_orders)
        if not rows:
            return []
        excessive = self._get_excessive_keys(rows)
        return [row for row in rows if row[:3] not in excessive]

    def _get_excessive_keys(self, rows):
        """Return the ``(order, product, warehouse)`` with implausible demand."""
        wanted = defaultdict(float)
        for order, product, warehouse, quantity in rows:
            wanted[order, product, warehouse] += quantity
        supply = self._get_rough_supply(rows)
        return {
            key
            for key, quantity in wanted.items()
            if self._is_excessive(
                quantity, supply.get((key[1].id, key[2].id), 0.0), key[2]
            )
        }

    def _is_excessive(self, quantity, supply, warehouse):
        """Whether ``quantity`` is an implausible multiple of the stock."""
        times = warehouse.sudo().company_id.promise_request_times
        return bool(times) and supply > 0 and quantity > times * supply

    def _get_rough_supply(self, rows):
        """Return ``{(product_id, warehouse_id): on hand plus incoming}``.

        Owners are ignored: this only serves to detect implausible quantities.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, warehouse_id, SUM(quantity)::float8 FROM (
                    SELECT quant.product_id, place.warehouse_id,
                           COALESCE(quant.quantity, 0) AS quantity
                      FROM stock_quant quant
                      JOIN stock_location place ON place.id = quant.location_id
                     WHERE quant.product_id = ANY(%(products)s)
                       AND place.warehouse_id = ANY(%(warehouses)s)
                     UNION ALL
                    SELECT move.product_id, place.warehouse_id, move.product_qty
                      FROM stock_move move
                      JOIN stock_location place ON place.id = move.location_dest_id
                      JOIN stock_location source ON source.id = move.location_id
                     WHERE move.product_id = ANY(%(products)s)
                       AND place.warehouse_id = ANY(%(warehouses)s)
                       AND source.warehouse_id IS DISTINCT FROM place.warehouse_id
                       AND move.state IN %(states)s) supply
                 GROUP BY product_id, warehouse_id
                """,
                products=list({row[1].id for row in rows}),
                warehouses=list({row[2].id for row in rows}),
                states=OPEN_MOVE_STATES,
            )
        )
        return {row[:2]: row[2] for row in self.env.cr.fetchall()}
