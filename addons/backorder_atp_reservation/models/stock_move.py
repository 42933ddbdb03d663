# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import models
from odoo.tools import SQL

from odoo.addons.backorder_atp.transaction import TransactionVar

from .stock_soft_reservation_allocation import CONSUMED

# What holds leave per product and warehouse while moves are reserved.
FREE_OF_HOLDS = TransactionVar()


class StockMove(models.Model):
    """What is held for somebody is reserved for nobody else."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        with self._sparing_holds():
            return super()._action_assign(force_qty=force_qty)

    def _update_reserved_quantity(self, *args, **kwargs):
        with self._sparing_holds():
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
        """Reserve no more than holds leave; every reservation passes here.

        In the dark phase it is only recorded what was taken.
        """
        is_limited = need > 0 and not self._filter_dark()
        if is_limited and self._takes_held_stock(location_id):
            need = min(need, self._get_free_of_holds(location_id))
            if self.product_id.uom_id.compare(need, 0) <= 0:
                return [], 0
        vals_list, taken = super()._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )
        self._record_reserved(location_id, taken)
        return vals_list, taken

    def _action_done(self, cancel_backorder=False):
        """Judge, with the delivery, what was picked for it by hand."""
        result = super()._action_done(cancel_backorder=cancel_backorder)
        self.env["stock.soft.reservation"].sudo()._check_claims()
        return result

    def _waits_for_the_queue(self):
        """What was held for the order is handed out already."""
        order = self._get_promise_order()
        key = (order.id, self.product_id.id, self.location_id.warehouse_id.id)
        is_kept = key in (CONSUMED.get(self.env.cr) or ())
        return not is_kept and super()._waits_for_the_queue()

    @contextmanager
    def _sparing_holds(self):
        """Ask once, for all these moves, what holds leave to be reserved."""
        is_known = FREE_OF_HOLDS.get(self.env.cr) is not None
        if is_known or (self and self._filter_dark() == self):
            yield
            return
        free = self._read_free_of_holds(self.location_id.warehouse_id)
        with FREE_OF_HOLDS.setting(self.env.cr, free):
            yield

    def _read_free_of_holds(self, warehouses):
        """Return ``{(product_id, warehouse_id): quantity}`` where anything is held."""
        holds = self.env["stock.soft.reservation"]
        held = holds._filter_held(self.product_id)
        return holds._get_free(held, warehouses) if held and warehouses else {}

    def _get_free_of_holds(self, location):
        """Return what this move may reserve there; without holds there is no limit."""
        key = (self.product_id.id, location.warehouse_id.id)
        free = FREE_OF_HOLDS.get(self.env.cr)
        if free is None or key not in free:
            free = self._read_free_of_holds(location.warehouse_id)
        return free.get(key, float("inf"))

    def _record_reserved(self, location, quantity):
        key = (self.product_id.id, location.warehouse_id.id)
        free = FREE_OF_HOLDS.get(self.env.cr)
        if free and key in free and self._takes_held_stock(location):
            free[key] -= quantity

    def _takes_held_stock(self, location):
        """Whether goods taken from ``location`` would be lost to who they are held for.

        What is counted down, scrapped or set apart is a fact, and is left alone.
        """
        return bool(
            self.env["stock.soft.reservation"]._filter_held(self.product_id)
            and self._takes_supply(location)
            and not self._is_for_owner()
        )

    def _get_set_aside_rows(self):
        return SQL(
            """
            SELECT hold.product_id, hold.warehouse_id,
                   SUM(hold.remaining_quantity) AS quantity
              FROM stock_soft_reservation hold
             WHERE hold.product_id = ANY(%s) AND %s
             GROUP BY hold.product_id, hold.warehouse_id
            """,
            self.product_id.ids,
            self.env["stock.soft.reservation"]._get_counting(),
        )
