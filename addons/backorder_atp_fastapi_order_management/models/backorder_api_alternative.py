# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.backorder_atp_fastapi.problems import not_found

# The names of the API, by those of ``get_promise_alternatives``.
NAMES = {
    "kind": "kind",
    "description": "description",
    "line_id": "line_id",
    "warehouse_id": "warehouse_id",
    "source_id": "source_warehouse_id",
    "quantity": "quantity",
    "available_qty": "available_quantity",
    "on_time_qty": "on_time_quantity",
    "date": "date",
    "lead_days": "lead_days",
    "is_covered": "is_covered",
    "is_original": "is_original",
    "may_choose": "may_choose",
    "note": "note",
    "parts": "parts",
}
OPTIONAL = ("line_id", "source_warehouse_id", "date", "note")


class BackorderApiAlternative(models.AbstractModel):
    """Alternatives for order lines that are short or late."""

    _name = "backorder.api.alternative"
    _description = "Backorder HTTP API: Alternatives"
    _inherit = "backorder.api.order"

    def _list_alternatives(self, order_id):
        order = self._find_order(order_id)
        rows = order.get_promise_alternatives()[str(order.id)]
        return {
            "order_id": order.id,
            "order_number": order.name,
            "alternatives": [self._prepare_alternative(row) for row in rows],
        }

    def _choose_alternative(self, order_id, payload):
        """Apply an alternative of a line, as with its button."""
        order = self._find_order(order_id)
        line = order.order_line.filtered(lambda line: line.id == payload.line_id)
        if not line:
            raise not_found(
                self.env._(
                    "Line not found on %(order)s: %(line)s",
                    order=order.name,
                    line=payload.line_id,
                )
            )
        line.action_choose_alternative(
            payload.kind.value,
            payload.product_id,
            payload.warehouse_id,
            payload.source_warehouse_id or 0,
        )
        return self._prepare_order(order)

    def _prepare_alternative(self, row):
        values = {name: row[key] for key, name in NAMES.items()}
        product = self.env["product.product"].browse(row["product_id"])
        return {
            **self._replace_false(values, *OPTIONAL),
            "note": row["note"] or None,
            **self._prepare_alternative_product(product),
        }

    def _prepare_alternative_product(self, product):
        """Return the product, if any: an order together has none."""
        if not product:
            return {"product_id": None, "sku": None, "product": None}
        return self._prepare_product(product)
