# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..transaction import TransactionVar, get_preview
from .promise_decision import MOVED
from .stock_availability_source import OPEN_MOVE_STATES
from .stock_move import CONFIRMING

# Fields that affect the quantity, locations or customer of a move.
DEMAND_FIELDS = {
    "location_dest_id",
    "location_final_id",
    "location_id",
    "picking_id",
    "procure_method",
    "product_id",
    "product_uom",
    "product_uom_qty",
    "sale_line_id",
    "state",
}

# Whether moves are being merged, which adds up checked demand.
MERGING = TransactionVar(False)


class StockMove(models.Model):
    """Demand that is added to an order's deliveries is checked like the order."""

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        """Check moves that are created as confirmed."""
        added = [
            self.new(vals)
            for vals in vals_list
            if vals.get("state") in OPEN_MOVE_STATES
        ]
        self._check_demand(
            {
                move: move._get_demand_qty()
                for move in added
                if move._takes_promised_stock()
            }
        )
        return super().create(vals_list)

    def write(self, vals):
        """Check every increase of an order's delivery, like the order.

        In several steps, too: the demand of a move counts once it exists.
        """
        if DEMAND_FIELDS & vals.keys() and not MERGING.get(self.env.cr):
            self._filter_to_check(vals)._check_raised_demand(vals)
        if "product_uom_qty" in vals and "product_uom" not in vals:
            self._shrink_reservation(vals["product_uom_qty"])
        return super().write(vals)

    def _filter_to_check(self, vals):
        """Return the moves that have demand once ``vals`` are written.

        Without those whose demand cannot increase: changes of status among open
        moves, and of the transfer of a move with an order line.
        """
        names = DEMAND_FIELDS & vals.keys()
        if names == {"picking_id"}:
            return self._filter_open().filtered(lambda move: not move.sale_line_id)
        if "state" not in names:
            return self._filter_open()
        if vals["state"] not in OPEN_MOVE_STATES:
            return self.browse()
        if names != {"state"}:
            return self
        confirming = CONFIRMING.get(self.env.cr)
        return (self - self._filter_open()).filtered(
            lambda move: move.id not in confirming
        )

    def _filter_open(self):
        return self.filtered(lambda move: move.state in OPEN_MOVE_STATES)

    def _shrink_reservation(self, quantity):
        """Unreserve only the excess when demand is lowered; Odoo unreserves all.

        Unreserved goods would go to the head of the queue. Odoo does not unreserve
        when it splits a move and transfers the reservation.

        :param quantity: the new demand, in the unit of each move
        """
        if self.env.context.get("do_not_unreserve") is not None:
            return
        for move in self.filtered(lambda move: move._is_reserved_beyond(quantity)):
            move.quantity = quantity

    def _is_reserved_beyond(self, quantity):
        return (
            self.state in ("partially_available", "assigned")
            and self.company_id.promise_phase != "dark"
            and not self._should_bypass_reservation()
            and not any(self.move_line_ids.mapped("picked"))
            and self.product_uom.compare(quantity, 0) > 0
            and self.product_uom.compare(self.quantity, quantity) > 0
        )

    def _merge_moves(self, merge_into=False):
        """Merging adds up demand that was checked move by move."""
        with MERGING.setting(self.env.cr, True):
            merging = self.sale_line_id.filtered(lambda line: len(line.move_ids) > 1)
            with merging._settling():
                return super()._merge_moves(merge_into=merge_into)

    def _check_added_demand(self):
        """Check moves added to an order beyond the demand of its lines."""
        if MOVED.get(self.env.cr) is not None:
            return  # it was split off from a checked move
        added = self.filtered(
            lambda move: move.state == "draft" and move._takes_promised_stock()
        )
        self._check_demand({move: move._get_demand_qty() for move in added})

    def _check_raised_demand(self, vals):
        """Check increases of the demand of open deliveries."""
        raised = {}
        for move in self:
            changed = get_preview(move, vals)
            if changed._takes_promised_stock():
                same = move in move._filter_open() and move._takes_promised_stock()
                same = same and (
                    (changed.product_id, changed.location_id.warehouse_id)
                    == (move.product_id, move.location_id.warehouse_id)
                )
                before = move._get_demand_qty() if same else 0.0
                raised[changed] = changed._get_demand_qty() - before
        self._check_demand(raised)

    def _check_given_to_order(self, order_id):
        """Check open transfers that get an order."""
        line = self.env["sale.order"].browse(order_id).order_line[:1]
        given = self._filter_open().filtered(
            lambda move: not move._get_promise_order() and move._takes_own_stock()
        )
        self.env["promise.decision"]._check_increase(
            [
                (line, move.product_id, move.location_id.warehouse_id, move.product_qty)
                for move in given
            ]
        )

    def _check_demand(self, demand):
        """Check ``{move: additional product quantity}`` not covered by a line."""
        self.env["promise.decision"]._check_moves(
            {
                move: quantity
                for move, quantity in demand.items()
                if move.product_id.uom_id.compare(quantity, 0) > 0
                and not move._is_covered_by_line()
            }
        )

    def _check_extra_quantities(self):
        """Check what is about to be shipped beyond the ordered quantity."""
        extra = {}
        for move in self.filtered("picked"):
            quantity = move.product_uom._convert_quantity(
                move.quantity - move.product_uom_qty,
                move.product_id.uom_id,
                round=False,
            )
            if move.state in OPEN_MOVE_STATES and move._takes_promised_stock():
                extra[move] = quantity
        self.env["promise.decision"]._check_moves(
            {
                move: quantity
                for move, quantity in extra.items()
                if move.product_id.uom_id.compare(quantity, 0) > 0
            }
        )

    def _get_demand_qty(self):
        """Return the demand in the product's unit, also of a new move."""
        return self.product_uom._convert_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )

    def _get_promise_order(self):
        """Return the order this move delivers for, if any."""
        return self.sale_line_id.order_id or self.picking_id.sale_id

    def _takes_promised_stock(self):
        """Whether this move takes promisable stock for an order."""
        return bool(self._get_promise_order()) and self._takes_own_stock()

    def _takes_own_stock(self):
        """Whether this move takes promisable stock."""
        self.ensure_one()
        return bool(
            self.product_id.is_storable
            and self.location_id.warehouse_id
            and self.procure_method == "make_to_stock"
            and self.location_id.availability_kind in ("pickable", "inbound")
            and self._leaves_warehouse()
        )

    def _is_covered_by_line(self):
        """Whether the checked order line covers the demand."""
        line = self.sale_line_id
        if line and line.product_id._is_left_to_odoo():
            return True
        missing = sum(
            quantity
            for _line, product, quantity in line._get_missing_parts()
            if product == self.product_id
        )
        others = line._get_launched_moves().filtered(
            lambda move: (
                move != self._origin and move.product_id == self.product_id._origin
            )
        )
        launched = sum(move._get_own_demand(self) for move in others)
        total = launched + self._get_demand_qty()
        return self.product_id.uom_id.compare(total, missing) <= 0
