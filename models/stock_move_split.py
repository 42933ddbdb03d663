# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Command, Domain

from .stock_availability_source import OPEN_MOVE_STATES


class StockMove(models.Model):
    """Moving demand and its reservations from one order to another."""

    _inherit = "stock.move"

    def _get_split_coverage(self):
        """Return the coverage of these moves as if they did not ship complete.

        Such a transfer has no reservations; the stock available for it could ship.
        """
        coverage = self._get_coverage()
        together = self._filter_shipped_together() & self.browse().union(*coverage)
        ready = together._get_promised_stock(together) if together else {}
        for move in together:
            demand, reserved, covered = coverage[move]
            free = min(demand - reserved, ready.get(move.id, 0.0))
            coverage[move] = (demand, reserved, max(covered, free))
        return coverage

    def _get_split_share(self, coverage, limit, split_lines):
        """Return how much of this move is split off, in the product's unit.

        :param coverage: demand, reserved and covered quantity, or None
        :param limit: maximum quantity
        """
        if not coverage or self.product_id.uom_id.compare(limit, 0) <= 0:
            return 0.0
        demand, reserved, covered = coverage
        if not split_lines and self.product_id.uom_id.compare(demand, limit) <= 0:
            return demand
        return self.product_id.uom_id.round(
            min(limit, max(0.0, demand - reserved - covered))
        )

    def _split_chain(self, quantity):
        """Split ``quantity`` off this move and the following ones of the same line.

        Reservations stay with the first part, step by step.

        :param quantity: in the product's unit, at most the demand of this move
        :return: the moves of the second part; this one itself if all is split off
        """
        self.ensure_one()
        followers = self.move_dest_ids.filtered(
            lambda move: (
                move.state in OPEN_MOVE_STATES
                and move.sale_line_id == self.sale_line_id
            )
        )
        part = self._split_part(quantity)
        parts = part
        for move in followers:
            share = min(quantity, move.product_qty - move._get_reserved_product_qty())
            if self.product_id.uom_id.compare(share, 0) <= 0:
                continue
            quantity -= share
            carried = move._split_chain(share)
            carried[:1].move_orig_ids = [Command.set(part.ids)]
            (move - carried).move_orig_ids = [Command.unlink(part.id)]
            parts |= carried
        return parts

    def _split_part(self, quantity):
        if self.product_id.uom_id.compare(quantity, self.product_qty) >= 0:
            return self
        part = self.create(self._split(quantity))
        part._action_confirm(merge=False, create_proc=False)
        part._recompute_state()
        return part

    def _hand_over_to(self, order):
        """Move these moves with their reservations to transfers of ``order``.

        A transfer that moves entirely is kept, unless another one can take its moves.
        """
        self._refer_to(order)
        for picking, moves in self.grouped("picking_id").items():
            open_moves = picking.move_ids.filtered(
                lambda move: move.state in OPEN_MOVE_STATES
            )
            if open_moves <= moves and not moves._find_other_picking():
                picking.origin = order.name
                continue
            moves.picking_id = False
            moves._assign_picking()
            for move in moves:
                move.move_line_ids.picking_id = move.picking_id
            if open_moves <= moves:
                picking.action_cancel()

    def _refer_to(self, order):
        """Set the references of ``order``, so that these moves join its others."""
        references = order._get_stock_references()
        for former, moves in self.grouped("reference_ids").items():
            others = former.filtered(lambda reference: not reference.sale_ids)
            moves.write(
                {
                    "origin": order.name,
                    "reference_ids": [Command.set((others | references).ids)],
                }
            )

    def _find_other_picking(self):
        """Return another transfer that can take these moves."""
        domain = Domain(self[:1]._search_picking_for_assignation_domain())
        return self.env["stock.picking"].search(
            domain & Domain("id", "!=", self.picking_id.id), limit=1
        )
