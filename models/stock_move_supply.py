# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """Receipts whose day changes (D4)."""

    _inherit = "stock.move"

    def write(self, vals):
        """Note a new date of a receipt that is not the date of its purchase."""
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
        """Find as the server the purchases that are told of a cancellation.

        A salesperson may cancel an order without the right to read purchases.
        """
        return super(StockMove, self.sudo())._get_upstream_documents_and_responsibles(
            visited
        )
