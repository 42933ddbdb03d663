# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from uuid import uuid4

from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """What can be promised for a line while it is being entered."""

    _inherit = "sale.order.line"

    promise_available_qty = fields.Float(
        "Available to Promise",
        compute="_compute_promise_available_qty",
        digits="Product Unit",
        help="Quantity that can be promised from the warehouse, in the line's unit.",
    )
    is_promise_short = fields.Boolean(compute="_compute_promise_available_qty")
    draft_key = fields.Char(
        store=False,
        copy=False,
        default=lambda self: uuid4().hex,
        help="Technical field: distinguishes a line that is being entered from the"
        " other unsaved lines of its order.",
    )

    # ------------------------------------------------------------------
    # Availability during entry
    # ------------------------------------------------------------------

    @api.depends(
        "product_id", "product_uom_id", "product_uom_qty", "warehouse_id", "state"
    )
    def _compute_promise_available_qty(self):
        lines = self.filtered(
            lambda line: (
                line._needs_stock()
                and line.state in ("draft", "sent")
                and line.warehouse_id
            )
        )
        self.promise_available_qty = 0.0
        self.is_promise_short = False
        siblings = lines._with_sibling_lines()
        parts = {line: line._get_parts_of_one() for line in siblings}
        left = lines._get_promisable(parts)
        for line in siblings:
            quantity = line._get_product_qty()
            if line in lines:
                available = line._count_from_parts(parts[line], left)
                line.promise_available_qty = line._to_line_unit(available)
                line.is_promise_short = (
                    line.product_id.uom_id.compare(quantity, available) > 0
                )
            for key, part in line._get_part_keys(parts[line]):
                left[key] = max(0.0, left.get(key, 0.0) - part * quantity)

    def _get_parts_of_one(self):
        """Return ``{product: quantity}`` taken from stock for one ordered unit."""
        quantity = self._get_product_qty() or 1.0
        return {
            product._origin: part / quantity
            for product, part in self._get_promise_components(quantity)
        }

    def _get_part_keys(self, parts):
        """Yield ``((product_id, warehouse_id), quantity)`` for one unit."""
        for product, part in parts.items():
            yield (product.id, self.warehouse_id._origin.id), part

    def _get_promisable(self, parts):
        """Return ``{(product_id, warehouse_id): quantity}`` promisable to these.

        :param parts: ``{line: {product: quantity for one unit}}``
        """
        products = self.env["product.product"].union(
            *(product for line in self for product in parts[line])
        )
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(
                products,
                self.warehouse_id._origin,
                self.order_id._origin,
                components=["displayed"],
            )
        )
        return {key: row["displayed"] for key, row in availability.items()}

    def _count_from_parts(self, parts, left):
        """Return the quantity of the product that its parts suffice for."""
        return min(
            (left.get(key, 0.0) / part for key, part in self._get_part_keys(parts)),
            default=0.0,
        )

    def action_explain(self):
        """Open the explanation of the available quantity."""
        self.ensure_one()
        return self.env["stock.availability"]._get_explanation_action(
            self.product_id, self.warehouse_id, self.order_id
        )

    def _with_sibling_lines(self):
        """Return these lines and those of their orders that take the same stock."""
        keys = set().union(*(line._get_stock_keys() for line in self))
        siblings = self.order_id.order_line.filtered(
            lambda line: not keys.isdisjoint(line._get_stock_keys())
        )
        return siblings - self._get_earlier_versions(siblings) | self

    def _get_earlier_versions(self, lines):
        """Return which of ``lines`` are the previous versions of these.

        While a line is edited, its order still contains the previous values.
        """
        keys = {line.draft_key for line in self if not line._origin.id} - {False}
        if not keys:
            return self.browse()
        return (lines - self).filtered(
            lambda line: not line._origin.id and line.draft_key in keys
        )

    def _get_stock_keys(self):
        """Return each ``(product_id, warehouse_id)`` that this line takes from."""
        warehouse = self.warehouse_id._origin
        return {
            (product._origin.id, warehouse.id)
            for product, _quantity in self._get_promise_components(1.0)
        }
