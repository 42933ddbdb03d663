# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..transaction import TransactionVar
from .sale_order import INHERITED_SINCE
from .stock_availability_source import OPEN_MOVE_STATES

# How many orders are computed at a time.
BATCH = 500

# Whether orders from before the installation are being computed.
ADOPTING = TransactionVar(False)


class SaleOrder(models.Model):
    """Orders that were confirmed before the addon was there."""

    _inherit = "sale.order"

    @api.model
    def _adopt_open_orders(self):
        """Compute the backorders of the open orders, and since when they exist.

        All their lines are computed, as the delivered quantities affect the state.
        An addon that changes what counts calls this at its installation.
        """
        for batch in split_every(BATCH, self._get_open_order_ids()):
            orders = self.browse(batch)
            with orders._adopting():
                orders._recompute_backorder_figures()
            self.env.invalidate_all()

    def _recompute_backorder_figures(self):
        self.order_line._recompute_backorders()
        for name in ("backorder_state", "backordered_since"):
            self.env.add_to_compute(self._fields[name], self)
        self.env.flush_all()

    @api.model
    def _get_open_order_ids(self):
        return [
            id_
            for [id_] in self.env.execute_query(
                SQL(
                    """SELECT DISTINCT line.order_id
                         FROM stock_move move
                         JOIN sale_order_line line ON line.id = move.sale_line_id
                        WHERE move.state IN %s
                        ORDER BY line.order_id""",
                    OPEN_MOVE_STATES,
                )
            )
        ]

    @contextmanager
    def _adopting(self):
        """Date backorders by their orders, and do not log allocations: what is
        reserved now was reserved before."""
        cr, events = self.env.cr, self.env["backorder.event"]
        since = {order.id: order._get_demand_date() for order in self}
        with INHERITED_SINCE.setting(cr, since), ADOPTING.setting(cr, True):
            with events._caused_by("installation"):
                yield

    def _get_demand_date(self):
        """Return the date of the order's demand: its confirmation, or the reservation
        date if its operation type reserves at a date."""
        self.ensure_one()
        days = [
            fields.Datetime.to_datetime(move.reservation_date)
            for move in self.order_line.move_ids
            if move.state != "cancel"
            and move.reservation_date
            and move.picking_type_id.reservation_method == "by_date"
        ]
        due = min(days, default=self.date_order)
        return min(max(due, self.date_order), fields.Datetime.now())
