# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from ..transaction import TransactionDict
from .backorder_event_log import SOURCE

# By product and location: what became free, what was replenished, and the cause.
RISES = TransactionDict("backorder_atp.rises")


class StockQuant(models.Model):
    """Stock that becomes free triggers a retry of the queue."""

    _inherit = "stock.quant"

    def _record_rise(self, place_key, free, quantity):
        """Add up what becomes free; what is free at the end triggers a retry."""
        cr = self.env.cr
        before = RISES.get_all(cr).get(place_key, (0.0, 0.0, {}))
        cause = SOURCE.get(cr) or "stock-changed"
        rise = (before[0] + free, before[1] + quantity, {**before[2], cause: True})
        RISES.put(cr, place_key, rise)
        RISES.work_off(cr, self.env["stock.quant"].sudo()._enqueue_rises)

    @api.model
    def _enqueue_rises(self):
        """Enqueue a retry for stock that became free or was lost.

        A loss only affects demand that is not reserved yet; it also loses what
        others reserve.
        """
        rises = RISES.take(self.env.cr)
        self.env["stock.discrepancy"]._record_rises(
            [key for key, (_free, quantity, _causes) in rises.items() if quantity > 0]
        )
        freed = {
            key: causes
            for key, (free, quantity, causes) in rises.items()
            if free > 1e-9 or (free < -1e-9 and quantity < -1e-9)
        }
        reserved = {key for key, row in rises.items() if row[0] < -1e-9} - freed.keys()
        freed |= {key: rises[key][2] for key in self._get_undue_keys(reserved)}
        warehouses = self._get_supply_places({place_id for _product, place_id in freed})
        self.env["backorder.retry"]._enqueue(
            {
                (product_id, warehouses[place_id]): ", ".join(causes)
                for (product_id, place_id), causes in freed.items()
                if place_id in warehouses
            }
        )

    @api.model
    def _get_undue_keys(self, keys):
        """Return those ``(product_id, location_id)`` with backordered orders whose
        reservation date has not come yet."""
        if not keys:
            return set()
        self.env["stock.move"].flush_model(
            ["product_id", "location_id", "state", "picking_type_id", "sale_line_id"]
        )
        self.env["stock.picking.type"].flush_model(["reservation_method"])
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT move.product_id, spot.id
                  FROM stock_move move
                  JOIN stock_picking_type type ON type.id = move.picking_type_id
                  JOIN stock_location place ON place.id = move.location_id
                  JOIN stock_location spot ON spot.id = ANY(%s)
                   AND spot.warehouse_id = place.warehouse_id
                 WHERE move.product_id = ANY(%s)
                   AND move.state IN ('confirmed', 'partially_available')
                   AND move.sale_line_id IS NOT NULL
                   AND type.reservation_method != 'at_confirm'
                """,
                list({place_id for _product_id, place_id in keys}),
                list({product_id for product_id, _place_id in keys}),
            )
        )
        return set(self.env.cr.fetchall())

    @api.model
    def _get_supply_places(self, place_ids):
        """Return ``{location_id: warehouse_id}`` of locations that count as supply."""
        places = self.env["stock.location"].browse(place_ids)
        return {
            place.id: place.warehouse_id.id
            for place in places.exists()
            if place.availability_kind in ("pickable", "inbound") and place.warehouse_id
        }
