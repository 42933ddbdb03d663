# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from types import MappingProxyType

from odoo import models

from ..transaction import TransactionVar
from .promise_decision import MOVED
from .stock_picking import RESERVING_WHOLE

# Ids of the moves that are being confirmed.
CONFIRMING = TransactionVar(frozenset())
# The stock still to be allocated to the queue, see ``backorder.retry``.
UNSERVED = TransactionVar(MappingProxyType({}))

# How many moves are reserved within the transaction that brings the stock.
IMMEDIATE_MOVES = 20


class StockMove(models.Model):
    _inherit = "stock.move"

    # The queue of a product consists of its unreserved moves.
    _queue_idx = models.Index(
        "(product_id, location_id) WHERE state IN ('confirmed', 'partially_available')"
    )

    # Availability reads make-to-order moves one by one.
    _made_to_order_idx = models.Index(
        "(product_id) WHERE procure_method = 'make_to_order' AND state IN"
        " ('waiting', 'confirmed', 'partially_available', 'assigned')"
    )

    # ------------------------------------------------------------------
    # Operations, each the source of its log entries
    # ------------------------------------------------------------------

    def _action_done(self, cancel_backorder=False):
        with (
            self.env["backorder.event"]._caused_by(self._get_done_source()),
            self.env["stock.quant"]._checking_decrements(),
            self.sale_line_id._settling(),
        ):
            self._check_extra_quantities()
            return super()._action_done(cancel_backorder=cancel_backorder)

    def _action_cancel(self):
        """Cancel as superuser the moves that the user may change.

        Other apps read batches, purchases and the like then, which a salesperson who
        cancels an order may not read.
        """
        moves = self.sudo() if self.has_access("write") else self
        with self.env["backorder.event"]._caused_by(self._get_source("cancel")):
            return super(StockMove, moves)._action_cancel()

    def _do_unreserve(self):
        with self.env["backorder.event"]._caused_by(self._get_source("unreserve")):
            return super()._do_unreserve()

    def _action_assign(self, force_qty=False):
        """Reserve these moves; transfers that ship complete, all or nothing."""
        together = self.browse() if force_qty else self._filter_shipped_together()
        moves = self - together
        # Without chained moves, Odoo writes all states together at its end: leave
        # out those it writes line by line before.
        if not moves.move_orig_ids:
            moves = moves.with_context(preserve_state=True)
        with self.env["backorder.event"]._caused_by(self._get_source("reserve")):
            result = super(StockMove, moves)._action_assign(force_qty=force_qty)
            for picking in (together | moves._filter_complementing()).picking_id:
                picking._reserve_whole()
        return result

    def _filter_shipped_together(self):
        """Return the moves that are reserved only when everything is available."""
        return self.filtered(
            lambda move: (
                not move.move_orig_ids
                and move._takes_supply(move.location_id)
                and move._is_shipped_together()
            )
        )

    def _filter_complementing(self):
        """Return the moves whose own supply has arrived, which may complete their
        transfer."""
        return self.filtered(
            lambda move: move.move_orig_ids and move._is_shipped_together()
        )

    def _is_shipped_together(self):
        return (
            self.picking_id.move_type == "one"
            and not RESERVING_WHOLE.get(self.env.cr)
            and not self._filter_dark()
        )

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        self._check_added_demand()
        self._claim_other_demand()
        with self._deferring_to_queue(), self._confirming():
            return super()._action_confirm(merge, merge_into, create_proc)

    def _confirming(self):
        """Within, do not check the status written by the confirmation again."""
        cr = self.env.cr
        return CONFIRMING.setting(cr, CONFIRMING.get(cr).union(self.ids))

    def _deferring_to_queue(self):
        """Leave stock to the queue that is still to be allocated to it."""
        unserved = self.env["backorder.retry"]._get_unserved(self.product_id)
        return UNSERVED.setting(self.env.cr, unserved)

    def _should_assign_at_confirm(self):
        """Do not reserve at once while stock has to be allocated to the queue first."""
        if not super()._should_assign_at_confirm():
            return False
        if self._should_bypass_reservation():
            return True
        return MOVED.get(self.env.cr) is None and not self._is_left_to_queue()

    def _is_left_to_queue(self):
        """Whether arrived stock is still to be allocated to the queue, or others are
        promising or reserving the same stock."""
        key = self._get_stock_key()
        is_reserving = UNSERVED.get(self.env.cr).get(key)
        if is_reserving is None:
            unseen = self.env["stock.promise.guard"]._get_unseen_quantities()
            is_reserving = key in unseen or None
        if is_reserving and self._can_be_reserved_later():
            retries = self.env["backorder.retry"]
            retries._leave_reservation(key, self._get_source("reserve"))
            return True
        return is_reserving is False

    def _can_be_reserved_later(self):
        """Whether the queue reserves this move."""
        return (
            self.location_id.availability_kind == "pickable"
            and self.procure_method == "make_to_stock"
        )

    def _get_source(self, operation):
        """Return the source of log entries, e.g. ``receiving:WH/IN/00001``."""
        names = self.picking_id.mapped("name") or [
            self[:1].reference or self[:1].origin
        ]
        return ":".join([operation, *filter(None, [",".join(filter(None, names[:5]))])])

    def _get_done_source(self):
        move = self[:1]
        return self._get_source(move._get_done_operation() if move else "stock")

    def _get_done_operation(self):
        """Return the kind of stock change of this move."""
        if self.is_inventory:
            return "cycle-count"
        if self.scrap_id:
            return "scrap"
        return {
            "supplier": "receiving",
            "customer": "return",
            "inventory": "adjustment",
            "production": "production",
        }.get(self.location_id.usage) or (
            "transfer"
            if self.location_dest_id.usage in ("internal", "transit")
            else "delivery"
        )

    # ------------------------------------------------------------------
    # Reservation in the order of the queue
    # ------------------------------------------------------------------

    def _trigger_assign(self):
        """Reserve the head of the queue at once and leave the rest to the retry.

        Odoo reserves all unreserved moves within the receipt's transaction, in its
        own order and only in exactly the same location. In the monitor phase this
        is unchanged.
        """
        dark = self._filter_dark()
        result = super(StockMove, dark)._trigger_assign()
        arrived = self - dark
        if arrived and self.env["backorder.retry"]._is_reservation_automatic():
            arrived._get_head_of_queue()._reserve_in_order()
        return result

    def _filter_dark(self):
        """Return the moves of companies in the monitor phase."""
        return self.filtered(
            lambda move: move.company_id.sudo().promise_phase == "dark"
        )

    def _get_head_of_queue(self):
        """Return the first moves in the queue for the goods of these moves."""
        retries = self.env["backorder.retry"]
        moves_ahead = self.browse()
        for place, moves in self.grouped("location_dest_id").items():
            queue = retries._get_queue(
                moves.product_id,
                place.warehouse_id,
                around=place,
                limit=IMMEDIATE_MOVES,
            )
            moves_ahead += self.browse(
                [id_ for row in queue for id_ in row["move_ids"]]
            )
        return moves_ahead[:IMMEDIATE_MOVES]

    def _reserve_in_order(self):
        """Reserve these moves one after the other.

        A transfer that ships complete is reserved whole or not at all, so that it
        does not block those behind it.
        """
        # prefetch the names used by each reservation
        self.sale_line_id.mapped("order_id.name")
        together = self._filter_shipped_together()
        direct = self.browse()
        with self.env["stock.quant"]._finding_once():
            for move in self:
                if move in together:
                    direct._action_assign()
                    direct = self.browse()
                    move.picking_id._reserve_whole()
                else:
                    direct += move
            direct._action_assign()

    # ------------------------------------------------------------------
    # Other changes that lower availability
    # ------------------------------------------------------------------

    def _claim_other_demand(self):
        """Claim the stock of demand that was not checked with an order."""
        demand = self.filtered(
            lambda move: (
                move.state == "draft"
                and move.product_id.is_storable
                and move.location_id.warehouse_id
                and not move._get_promise_order()
                and move._leaves_warehouse()
                and move.company_id.promise_phase != "dark"
            )
        )
        claimed = defaultdict(float)
        for move in demand:
            claimed[move._get_stock_key()] += move.product_qty
        self.env["stock.promise.guard"]._claim(claimed)

    def _serves_customer(self):
        """Whether this move is a step of a delivery to a customer."""
        self.ensure_one()
        final = self.location_final_id or self.location_dest_id
        if self.state == "cancel" or (
            self.origin_returned_move_id and not self.to_refund
        ):
            return False
        return final._is_outgoing() or self._is_step_of_delivery()

    def _is_step_of_delivery(self):
        """Whether this moves the company's goods towards their delivery.

        Goods made or bought for the delivery are supply, not a step of it.
        """
        return self.location_id.usage in ("internal", "transit") and any(
            move.sale_line_id == self.sale_line_id and move._serves_customer()
            for move in self.move_dest_ids
        )

    def _get_delivery_sign(self):
        """Return 1 if this move delivers goods to the customer of its order line, -1
        if it returns them, else 0."""
        self.ensure_one()
        if self.location_dest_id._is_outgoing():
            return 0 if self.origin_returned_move_id and not self.to_refund else 1
        return -1 if self.location_id._is_outgoing() and self.to_refund else 0

    def _get_moved_product_qty(self):
        """Return the moved quantity, in the product's unit."""
        self.ensure_one()
        return self.product_uom._convert_quantity(
            self.quantity, self.product_id.uom_id, round=False
        )

    def _leaves_warehouse(self):
        """Whether the goods leave the warehouse's supply, as availability counts it:
        to elsewhere, or to an outbound location."""
        self.ensure_one()
        final = self.location_final_id or self.location_dest_id
        return (
            final.warehouse_id != self.location_id.warehouse_id
            or final.availability_kind == "outbound"
        )
