# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import models
from odoo.tools import SQL

from odoo.addons.backorder_atp.transaction import TransactionVar

from .stock_soft_reservation_allocation import CONSUMED

# What soft reservations leave per product and warehouse while moves are reserved.
FREE_STOCK = TransactionVar()


class StockMove(models.Model):
    """Soft reserved stock is not reserved for other moves."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        with self._sparing_soft_reservations():
            return super()._action_assign(force_qty=force_qty)

    def _update_reserved_quantity(self, *args, **kwargs):
        with self._sparing_soft_reservations():
            return super()._update_reserved_quantity(*args, **kwargs)

    def _update_reserved_quantity_vals(
        self,
        need,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        """Reserve no more than soft reservations leave, for every reservation.

        In the monitor phase it is only recorded what was taken.
        """
        is_limited = need > 0 and not self._filter_dark()
        if is_limited and self._takes_soft_reserved_stock(location_id):
            need = min(need, self._get_free_stock(location_id))
            if self.product_id.uom_id.compare(need, 0) <= 0:
                return [], 0
        vals_list, taken = super()._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )
        self._record_reserved(location_id, taken)
        return vals_list, taken

    def _action_done(self, cancel_backorder=False):
        """Check what was picked manually for the delivery."""
        result = super()._action_done(cancel_backorder=cancel_backorder)
        self.env["stock.soft.reservation"].sudo()._check_claims()
        return result

    def _is_left_to_queue(self):
        """Let an order that consumed its soft reservation skip the queue."""
        order = self._get_promise_order()
        key = (order.id, self.product_id.id, self.location_id.warehouse_id.id)
        is_kept = key in (CONSUMED.get(self.env.cr) or ())
        return not is_kept and super()._is_left_to_queue()

    @contextmanager
    def _sparing_soft_reservations(self):
        """Read once for all these moves what soft reservations leave."""
        is_known = FREE_STOCK.get(self.env.cr) is not None
        if is_known or (self and self._filter_dark() == self):
            yield
            return
        free = self._read_free_stock(self.location_id.warehouse_id)
        with FREE_STOCK.setting(self.env.cr, free):
            yield

    def _read_free_stock(self, warehouses):
        """Return ``{(product_id, warehouse_id): quantity}`` left by reservations."""
        reservations = self.env["stock.soft.reservation"]
        reserved = reservations._filter_soft_reserved(self.product_id)
        return (
            reservations._get_free(reserved, warehouses)
            if reserved and warehouses
            else {}
        )

    def _get_free_stock(self, location):
        """Return what this move may reserve there; unlimited without reservations."""
        key = (self.product_id.id, location.warehouse_id.id)
        free = FREE_STOCK.get(self.env.cr)
        if free is None or key not in free:
            free = self._read_free_stock(location.warehouse_id)
        return free.get(key, float("inf"))

    def _record_reserved(self, location, quantity):
        key = (self.product_id.id, location.warehouse_id.id)
        free = FREE_STOCK.get(self.env.cr)
        if free and key in free and self._takes_soft_reserved_stock(location):
            free[key] -= quantity

    def _takes_soft_reserved_stock(self, location):
        """Whether goods taken from ``location`` reduce the stock reserved for others.

        Inventory adjustments, scrap and quarantine are facts and are not refused.
        """
        return bool(
            self.env["stock.soft.reservation"]._filter_soft_reserved(self.product_id)
            and self._takes_supply(location)
            and not self._is_for_owner()
        )

    def _get_set_aside_rows(self):
        return SQL(
            """
            SELECT reservation.product_id, reservation.warehouse_id,
                   SUM(reservation.remaining_quantity) AS quantity
              FROM stock_soft_reservation reservation
             WHERE reservation.product_id = ANY(%s) AND %s
             GROUP BY reservation.product_id, reservation.warehouse_id
            """,
            self.product_id.ids,
            self.env["stock.soft.reservation"]._get_counting(),
        )
