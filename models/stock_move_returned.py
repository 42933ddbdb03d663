# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL

from .stock_availability_source import OPEN_MOVE_STATES


class StockMove(models.Model):
    """Picking again what was returned to the shelf but is still ordered."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Pick again what a return has taken from an open delivery."""
        done = super()._action_done(cancel_backorder=cancel_backorder)
        returned = done.filtered(lambda move: move._returns_a_pick())
        for warehouse, moves in returned.grouped(
            lambda move: move.location_id.warehouse_id
        ).items():
            moves._repick_returned(moves.product_id, warehouse)
        return done

    def _returns_a_pick(self):
        """Whether this returned goods that had not left for the customer yet."""
        return (
            self.origin_returned_move_id
            and self.sale_line_id
            and self.location_id.availability_kind == "outbound"
            and self.company_id.promise_phase != "dark"
        )

    @api.model
    def _repick_returned(self, product, warehouse):
        """Create the missing picks of deliveries of confirmed orders.

        :param product: one or several products

        Without it, a delivery whose pick was returned would never be picked again.
        """
        missing = self._get_returned_demand(product, warehouse)
        with self.browse().union(*missing).sale_line_id._settling():
            for move, quantity in missing.items():
                move._pick_again(quantity)

    @api.model
    def _get_returned_demand(self, product, warehouse):
        """Return the missing ``{move: quantity}``, in the product's unit."""
        availability = self.env["stock.availability"]
        availability._flush_sources()
        self.env.cr.execute(
            SQL(
                """
                WITH place AS (%s)
                SELECT id, quantity::float8 FROM (%s) rows WHERE quantity > 0
                """,
                availability._get_place_query(warehouse),
                availability._get_returned_rows(
                    SQL("= ANY(%s)", product.ids), SQL("move.sale_line_id IS NOT NULL")
                ),
            )
        )
        found = {self.browse(id_): quantity for id_, quantity in self.env.cr.fetchall()}
        return {
            move: quantity
            for move, quantity in found.items()
            if move.sale_line_id.order_id.backorder_state != "on_hold"
        }

    def _pick_again(self, quantity):
        """Bring ``quantity`` here again, in the product's unit, like the last pick."""
        self.ensure_one()
        last = self.move_orig_ids.filtered(
            lambda move: move.state == "done" and not move.origin_returned_move_id
        ).sorted("id")[-1:]
        rest = last._get_rest_of_pick() if self._is_pushed() else self.browse()
        self._make_way_for_pick(quantity)
        if rest:
            rest.product_uom_qty += rest._to_move_unit(quantity)
        else:
            self.create(last.copy_data(self._prepare_pick(quantity)))._action_confirm()

    def _get_rest_of_pick(self):
        """Return the open pick of the same order line."""
        return self.sale_line_id.move_ids.filtered(
            lambda move: (
                move.state in OPEN_MOVE_STATES
                and move.product_id == self.product_id
                and move.location_id == self.location_id
                and move.location_dest_id == self.location_dest_id
            )
        )[:1]

    def _prepare_pick(self, quantity):
        return {
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": quantity,
            "move_dest_ids": [] if self._is_pushed() else [Command.link(self.id)],
            "reference_ids": [Command.set(self.reference_ids.ids)],
            "picking_id": False,
            "date": self.date,
        }

    def _is_pushed(self):
        """Whether Odoo creates a move like this when the goods arrive."""
        return self.rule_id.action in ("push", "pull_push")

    def _make_way_for_pick(self, quantity):
        """Lower the demand if the new pick will get a following move of its own.

        :param quantity: in the product's unit
        """
        if not self._is_pushed():
            return
        if self.product_id.uom_id.compare(self.product_qty, quantity) > 0:
            self.product_uom_qty -= self._to_move_unit(quantity)
        else:
            self._action_cancel()

    def _to_move_unit(self, quantity):
        return self.product_id.uom_id._convert_quantity(
            quantity, self.product_uom, round=False
        )
