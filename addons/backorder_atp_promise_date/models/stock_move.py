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
    """Every change of supply or demand requests a recheck of promised dates."""

    _inherit = "stock.move"

    promise_receipt_date = fields.Datetime(
        "Expected On",
        readonly=True,
        copy=False,
        help="When this receipt is expected: the date entered last, on the receipt or"
        " on the purchase. Odoo's scheduled date does not follow the purchase.",
        server_only=True,
    )

    def write(self, vals):
        """Record which promises may change, before and after."""
        keys = self._get_promise_keys(vals)
        receipt_date = self._get_new_receipt_date(vals)
        result = super().write(vals)
        if receipt_date is not None:
            self.sudo().promise_receipt_date = receipt_date
        keys |= self._get_promise_keys(vals)
        if keys:
            is_demand = all(move._leaves_for_good() for move in self)
            self.env["backorder.promise.recheck"]._record(keys, is_demand=is_demand)
        return result

    def _get_promise_keys(self, vals):
        """Return the ``(product_id, warehouse_id)`` affected by writing ``vals``.

        Reservations do not affect other orders.
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
        moves._copy_receipt_date()
        return moves

    def _copy_receipt_date(self):
        """Expect the rest of a receipt on the same date as the receipt."""
        for move in self:
            others = (move._get_moves_of_receipt() - self).sorted("id")
            dated = others.filtered("promise_receipt_date")[-1:]
            if dated and not move.promise_receipt_date:
                move.sudo().promise_receipt_date = dated.promise_receipt_date

    def _get_moves_of_receipt(self):
        """Return the moves that receive the same; extend it for other documents."""
        return self.browse()

    def _get_new_receipt_date(self, vals):
        """Return the expected date that ``vals`` set, or None."""
        return vals.get("date")

    def _is_trusted_supply(self):
        """Whether the delivery of these goods is certain enough for limits.

        Receipts and returns that users create by hand are not.
        """
        self.ensure_one()
        return self.location_id.usage not in ("supplier", "customer", "inventory")

    def _get_expected_moment(self):
        return self.promise_receipt_date or self.date

    def _get_supply_name(self):
        """Return the name of the document that brings the goods."""
        self.ensure_one()
        return self.picking_id.name or self.reference or self.origin or ""

    def _get_supply_names(self):
        """Return the names of the documents that bring the goods, each once."""
        return list(dict.fromkeys(move._get_supply_name() for move in self))
