# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

# Changing one of these on an open move changes what can be promised.
SUPPLY_FIELDS = {
    "date",
    "date_deadline",
    "location_dest_id",
    "location_final_id",
    "location_id",
    "product_id",
    "product_uom",
    "product_uom_qty",
}


class StockMove(models.Model):
    """Every change of supply or demand asks for a look at what was promised."""

    _inherit = "stock.move"

    promise_receipt_date = fields.Datetime(
        "Expected On",
        readonly=True,
        copy=False,
        help="When this receipt is expected: what was said last, on the receipt or on"
        " the purchase. Odoo's scheduled date does not follow the purchase.",
        server_only=True,
    )

    def write(self, vals):
        """Note whose promises may change, before and after."""
        keys = self._get_promise_keys(vals)
        said = self._get_said_date(vals)
        result = super().write(vals)
        if said is not None:
            self.sudo().promise_receipt_date = said
        keys |= self._get_promise_keys(vals)
        if keys:
            is_demand = all(move._leaves_for_good() for move in self)
            self.env["backorder.promise.recheck"]._record(keys, is_demand=is_demand)
        return result

    def _get_promise_keys(self, vals):
        """Return the ``(product_id, warehouse_id)`` touched by writing ``vals``.

        Whether something is reserved changes nothing for others.
        """
        if not SUPPLY_FIELDS & vals.keys() and vals.get("state") not in (
            "waiting",
            "confirmed",
            "done",
            "cancel",
        ):
            return set()
        moves = self.filtered(
            lambda move: move.state != "draft" and move.product_id.is_storable
        )
        return {
            (move.product_id.id, warehouse.id)
            for move in moves
            for warehouse in (
                move.location_id.warehouse_id
                | (move.location_final_id or move.location_dest_id).warehouse_id
            )
        }

    def _leaves_for_good(self):
        """Whether this only takes stock: no receipt, no return, no cancellation."""
        return (
            self.location_id.warehouse_id
            and self.state != "cancel"
            and (self.location_final_id or self.location_dest_id).usage == "customer"
        )

    # ------------------------------------------------------------------
    # When a receipt is expected
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._keep_said_date()
        return moves

    def _keep_said_date(self):
        """Expect the rest of a receipt when the whole of it was expected."""
        for move in self:
            others = (move._get_moves_of_receipt() - self).sorted("id")
            said = others.filtered("promise_receipt_date")[-1:]
            if said and not move.promise_receipt_date:
                move.sudo().promise_receipt_date = said.promise_receipt_date

    def _get_moves_of_receipt(self):
        """Return the moves that receive the same; extend it for other documents."""
        return self.browse()

    def _get_said_date(self, vals):
        """Return the date that ``vals`` say last, or None."""
        return vals.get("date")

    def _is_trusted_supply(self):
        """Whether somebody has to bring these goods: a vendor, who was asked to, or
        another place of the company.

        Whoever may receive goods, or sell, enters receipts and returns by hand.
        """
        self.ensure_one()
        return self.location_id.usage not in ("supplier", "customer", "inventory")

    def _get_expected_moment(self):
        return self.promise_receipt_date or self.date

    def _get_supply_name(self):
        """Return the document that brings the move, for people."""
        self.ensure_one()
        return self.picking_id.name or self.reference or self.origin or ""

    def _get_supply_names(self):
        """Return the documents that bring these moves, each once."""
        return list(dict.fromkeys(move._get_supply_name() for move in self))
