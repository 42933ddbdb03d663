# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES


class StockMove(models.Model):
    """Names and expected dates of purchase receipts."""

    _inherit = "stock.move"

    def _get_own_supply_moments(self):
        """Add purchases for this move that are not confirmed yet."""
        purchases = self.created_purchase_line_ids.filtered(
            lambda line: line.state not in ("purchase", "cancel")
        )
        return super()._get_own_supply_moments() + purchases.mapped("date_planned")

    # ------------------------------------------------------------------
    # Expected date of a purchase
    # ------------------------------------------------------------------

    def _get_moves_of_receipt(self):
        return super()._get_moves_of_receipt() | self.purchase_line_id.move_ids

    def _get_new_receipt_date(self, vals):
        """A new date of a purchase only changes the deadline of its receipt."""
        if (
            "date" not in vals
            and "date_deadline" in vals
            and all(
                move.purchase_line_id and move.state in OPEN_MOVE_STATES
                for move in self
            )
        ):
            return vals["date_deadline"]
        return super()._get_new_receipt_date(vals)

    def _is_trusted_supply(self):
        """Receipts of purchases are certain enough."""
        return bool(self.purchase_line_id) or super()._is_trusted_supply()

    def _get_supply_name(self):
        return self.purchase_line_id.order_id.name or super()._get_supply_name()

    def write(self, vals):
        """Record a new date of a receipt that differs from that of its purchase."""
        if "date" not in vals or "state" in vals:
            return super().write(vals)
        receipts = self.filtered(
            lambda move: (
                move.purchase_line_id and move.state not in ("draft", "done", "cancel")
            )
        )
        before = {move: move.date for move in receipts}
        result = super().write(vals)
        for move, date in before.items():
            line = move.purchase_line_id
            if move.date != line.date_planned:
                line._announce_new_date(date, move.date)
        return result

    def _get_upstream_documents_and_responsibles(self, visited):
        """Find the purchases to notify of a cancellation with sudo.

        A salesperson may cancel an order without read access to purchases.
        """
        return super(StockMove, self.sudo())._get_upstream_documents_and_responsibles(
            visited
        )
