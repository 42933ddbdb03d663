# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL


class StockMove(models.Model):
    """Picking again what went back to the shelf while its order still asks for it."""

    _inherit = "stock.move"

    @api.model
    def _pick_returned_again(self, product, warehouse):
        """Create the picks that deliveries of confirmed orders lack (C2).

        Odoo leaves a delivery whose pick was returned waiting for ever.
        """
        missing = self._get_returned_demand(product, warehouse)
        picks = self.create(
            [
                values
                for move, quantity in missing.items()
                for values in move._prepare_pick_again(quantity)
            ]
        )
        picks._action_confirm()

    @api.model
    def _get_returned_demand(self, product, warehouse):
        """Return ``{move: quantity}`` that orders lack, in the product's unit."""
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

    def _prepare_pick_again(self, quantity):
        """Return the values of a move that brings ``quantity`` here like the last."""
        self.ensure_one()
        last = self.move_orig_ids.filtered(
            lambda move: move.state == "done" and not move.origin_returned_move_id
        ).sorted("id")[-1:]
        return last.copy_data(
            {
                "product_uom": self.product_id.uom_id.id,
                "product_uom_qty": quantity,
                "move_dest_ids": [Command.link(self.id)],
                "picking_id": False,
                "date": self.date,
            }
        )
