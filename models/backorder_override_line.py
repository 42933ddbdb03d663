# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderOverrideLine(models.Model):
    """A product of a request, with the availability snapshot."""

    _name = "backorder.override.line"
    _description = "Stock Approval Item"

    override_id = fields.Many2one(
        "backorder.override", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="override_id.company_id", store=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict")
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="restrict")
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order Line", index="btree_not_null", ondelete="cascade"
    )
    old_qty = fields.Float("Quantity Now", digits="Product Unit")
    new_qty = fields.Float("Quantity Requested", digits="Product Unit")
    requested_qty = fields.Float("Requested", digits="Product Unit")
    available_qty = fields.Float("Available", digits="Product Unit")
    shortage_qty = fields.Float("Short", digits="Product Unit")
    currency_id = fields.Many2one(related="override_id.currency_id")
    unit_value = fields.Monetary(help="The higher of net price and cost, for one unit.")
    shortage_value = fields.Monetary(
        "Value", compute="_compute_shortage_value", store=True
    )
    snapshot = fields.Json()
    reason = fields.Char(
        compute="_compute_reason",
        help="Why this item cannot be promised.",
    )
    is_short = fields.Boolean(
        compute="_compute_is_short",
        help="Set if this item cannot be promised, because of its quantity or a lock.",
    )

    @api.depends("shortage_qty", "unit_value")
    def _compute_shortage_value(self):
        for line in self:
            line.shortage_value = line.shortage_qty * line.unit_value

    @api.depends("snapshot")
    def _compute_reason(self):
        for line in self:
            line.reason = (line.snapshot or {}).get("reason")

    @api.depends("snapshot")
    def _compute_is_short(self):
        for line in self:
            line.is_short = bool(line.snapshot)

    def _describe_shortage(self):
        """Return what is short of this item, for lists without columns."""
        uom = self.product_uom_id
        product = self.product_id.with_context(display_default_code=False)
        return self.env._(
            "%(product)s: %(short)s of %(requested)s %(unit)s short",
            product=product.display_name,
            short=f"{uom.round(self.shortage_qty):g}",
            requested=f"{uom.round(self.requested_qty):g}",
            unit=uom.name,
        )

    def _is_stock_missing(self):
        """Whether stock is missing or locked, not just the warehouse."""
        return bool(self.shortage_qty or (self.snapshot or {}).get("discrepancies"))

    def _has_changed(self):
        """Whether the order line has changed since the request."""
        line = self.sale_line_id
        warehouse = line.warehouse_id or line.order_id.warehouse_id
        return (
            not line
            or bool(line.product_uom_id.compare(line.product_uom_qty, self.old_qty))
            or bool(self.warehouse_id and warehouse != self.warehouse_id)
        )

    def _is_still_short(self):
        """Whether the item is still short. The request already commits its quantity."""
        if not self.warehouse_id:
            return True
        key = (self.product_id.id, self.warehouse_id.id)
        availability = self.env["stock.availability"].get_availability(
            self.product_id, self.warehouse_id, components=["atp"]
        )
        return self.product_id.uom_id.compare(availability[key]["atp"], 0) < 0

    def _get_requested_increase(self):
        """Return ``[(product, quantity)]`` requested beyond the line's quantity.

        In the product's unit; of a kit, only the component of this item.
        """
        line = self.sale_line_id
        added = line._to_product_unit(max(0.0, self.new_qty - line.product_uom_qty))
        return [
            (product, quantity)
            for product, quantity in line._get_promise_components(added)
            if product == self.product_id and quantity
        ]

    def _refresh_unit_value(self):
        """Use the current price if it was raised after the request."""
        for item in self.filtered("sale_line_id"):
            value = item.sale_line_id._get_promise_unit_value(item.product_id)
            item.unit_value = max(item.unit_value, value)

    def action_explain(self):
        """Open the explanation of the available quantity."""
        self.ensure_one()
        order = self.override_id.order_id if self.override_id.kind == "order" else None
        return self.env["stock.availability"]._get_explanation_action(
            self.product_id, self.warehouse_id, order
        )
