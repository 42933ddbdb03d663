# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderApiGoodwill(models.AbstractModel):
    """Goodwill discounts on backordered items."""

    _name = "backorder.api.goodwill"
    _description = "Backorder HTTP API: Goodwill Discounts"
    _inherit = "backorder.api.order"

    def _preview_goodwill(self, order_id, again):
        order = self._find_order(order_id)
        shares = order.get_goodwill_preview(again)
        lines = order.order_line.grouped("id")
        return {
            "order_id": order.id,
            "order_number": order.name,
            "currency": order.currency_id.name,
            "subtotal": order.currency_id.round(
                sum(share["subtotal"] for share in shares)
            ),
            "lines": [
                {
                    "line_id": share["line_id"],
                    **self._prepare_product(lines[share["line_id"]].product_id),
                    "quantity": share["quantity"],
                    "unit": lines[share["line_id"]].product_uom_id.name,
                    "subtotal": share["subtotal"],
                }
                for share in shares
            ],
        }

    def _apply_goodwill(self, order_id, payload):
        order = self._find_order(order_id)
        order.action_apply_goodwill(payload.percent, payload.reason, payload.again)
        return self._prepare_order(order)
