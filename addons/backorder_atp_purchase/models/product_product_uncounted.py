# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import fields, models

# For how many days a finished purchase is still listed.
RECENT_DAYS = 30


class ProductProduct(models.Model):
    """Purchases that do not count as supply, with the reason."""

    _inherit = "product.product"

    def _get_uncounted_kinds(self):
        return {
            "request": self._get_unconfirmed_supply,
            **super()._get_uncounted_kinds(),
            "closed": self._get_closed_supply,
            "received": self._get_received_supply,
        }

    def _get_supply_document(self, row):
        line = self.env["purchase.order.line"].sudo().browse(row["line_id"] or [])
        return line.order_id or super()._get_supply_document(row)

    def _get_requested_lines(self, warehouses):
        """Yield each open supply with its purchase line."""
        lines = self.env["purchase.order.line"].sudo()
        for row in self.env["backorder.supply"]._get_open_supply(self, warehouses):
            yield row, lines.browse(row["line_id"] or [])

    def _get_unconfirmed_supply(self, warehouses):
        """Requests for quotation, and purchases to approve."""
        return [
            {
                **self._prepare_uncounted(row, line.order_id),
                "reason": self._get_unconfirmed_reason(line.order_id),
            }
            for row, line in self._get_requested_lines(warehouses)
            if row["kind"] == "request"
        ]

    def _get_unconfirmed_reason(self, order):
        if order.state == "to approve":
            return self.env._("To approve: not ordered yet.")
        return self.env._("Request for quotation: not ordered yet.")

    def _get_closed_supply(self, warehouses):
        """Confirmed purchases of which the rest will not be delivered."""
        return [
            {
                **self._prepare_finished(line, missing),
                "reason": self.env._(
                    "The rest was cancelled on the receipt and will not be delivered."
                ),
            }
            for line in self._get_finished_lines(warehouses)
            if (missing := line._get_missing_qty()) > 0
        ]

    def _get_received_supply(self, warehouses):
        """Received purchases: their goods are already in stock."""
        return [
            {
                **self._prepare_finished(line, line.product_uom_qty),
                "reason": self.env._("Received: already counted in stock."),
            }
            for line in self._get_finished_lines(warehouses)
            if line._get_missing_qty() <= 0
        ]

    def _get_finished_lines(self, warehouses):
        """Return confirmed purchase lines without open receipts."""
        since = fields.Datetime.now() - relativedelta(days=RECENT_DAYS)
        lines = (
            self.env["purchase.order.line"]
            .sudo()
            .search(
                [
                    ("product_id", "in", self.ids),
                    ("order_id.state", "=", "purchase"),
                    ("order_id.picking_type_id.warehouse_id", "in", warehouses.ids),
                    "|",
                    ("order_id.effective_date", ">=", since),
                    ("order_id.date_approve", ">=", since),
                ],
                order="id desc",
            )
        )
        return lines.filtered(
            lambda line: all(move.state in ("done", "cancel") for move in line.move_ids)
        )

    def _prepare_finished(self, line, quantity):
        return {
            "product": line.product_id.with_env(self.env),
            "warehouse": line.order_id.picking_type_id.warehouse_id.with_env(self.env),
            "quantity": quantity,
            "date": line.order_id.effective_date or line.date_planned,
            "record": line.order_id,
        }
