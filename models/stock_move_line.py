# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Availability reads the reservations of stock that may not be promised.
    _reserved_apart_idx = models.Index(
        "(product_id) WHERE (owner_id IS NOT NULL OR lot_id IS NOT NULL) AND state IN"
        " ('waiting', 'confirmed', 'partially_available', 'assigned')"
    )

    # Quantities of done lines can be changed, too.

    @api.model_create_multi
    def create(self, vals_list):
        self._check_added_to_done(vals_list)
        with self.env["stock.quant"]._checking_decrements():
            lines = super().create(vals_list)
            lines.filtered(lambda line: line.state == "done")._take_from_reserved()
        return lines

    def write(self, vals):
        if "quantity" in vals:
            self._check_raised_done(vals["quantity"])
        with self.env["stock.quant"]._checking_decrements():
            return super().write(vals)

    # Quantities added to done deliveries of orders were not promised.

    def _check_raised_done(self, quantity):
        self._check_taken(
            {
                line.move_id: line.product_uom_id._convert_quantity(
                    quantity - line.quantity, line.product_id.uom_id, round=False
                )
                for line in self
                if line.state == "done"
            }
        )

    def _check_added_to_done(self, vals_list):
        pickings = self.env["stock.picking"].browse(
            {vals["picking_id"] for vals in vals_list if vals.get("picking_id")}
        )
        moves = self.env["stock.move"].browse(
            {vals["move_id"] for vals in vals_list if vals.get("move_id")}
        )
        if "done" not in [*pickings.mapped("state"), *moves.mapped("state")]:
            return
        lines = [self.new(vals) for vals in vals_list]
        self._check_taken(
            {
                line.move_id or line._preview_move(): line.quantity_product_uom
                for line in lines
                if "done" in (line.move_id.state, line.picking_id.state)
            }
        )

    def _preview_move(self):
        """Return the move that Odoo will create for a line without one."""
        return self.env["stock.move"].new(
            {
                "picking_id": self.picking_id.id,
                "product_id": self.product_id.id,
                "location_id": self.location_id.id,
                "location_dest_id": self.location_dest_id.id,
            }
        )

    def _check_taken(self, taken):
        self.env["stock.move"]._check_excess(
            {move: quantity for move, quantity in taken.items() if quantity > 0}
        )
        self.env["promise.decision"]._check_moves(
            {
                move: quantity
                for move, quantity in taken.items()
                if quantity > 0 and move._takes_promised_stock()
            }
        )

    # ------------------------------------------------------------------
    # Goods taken from reservations
    # ------------------------------------------------------------------

    def _take_from_reserved(self):
        """Find the reservations that these lines, added when done, have taken.

        Odoo leaves more reserved than there is on hand.
        """
        quants = self.env["stock.quant"]
        for line in self:
            company = line.location_id._get_owning_company()
            if not company or company.promise_phase == "dark":
                continue
            parts = {
                "lot_id": line.lot_id,
                "package_id": line.package_id,
                "owner_id": line.owner_id,
            }
            free = quants._get_available_quantity(
                line.product_id,
                line.location_id,
                **parts,
                strict=True,
                allow_negative=True,
            )
            if line.product_id.uom_id.compare(free, 0) < 0:
                line._free_reservation(
                    line.product_id, line.location_id, -free, **parts
                )

    def _synchronize_quant(self, quantity, location, action="available", **kwargs):
        """Separate physical facts from what could still be refused."""
        with self.move_id._booking_facts(self.move_id._is_physical_fact()):
            return super()._synchronize_quant(quantity, location, action, **kwargs)

    def _free_reservation(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        **kwargs,
    ):
        parts = {"lot_id": lot_id, "package_id": package_id, "owner_id": owner_id}
        self.move_id._record_reservations(product_id, location_id)
        with self.env["backorder.event"]._caused_by(f"taken-by:{self.reference or ''}"):
            result = super()._free_reservation(
                product_id, location_id, quantity, **parts, **kwargs
            )
        self.move_id._record_picked(product_id, location_id, **parts)
        return result
