# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class BackorderUnmatchedLine(models.Model):
    """An item of an order, from an import or an API, whose product is unknown.

    Odoo has no order lines without a product, so the item is kept here until it is
    matched. Matching creates the order line.
    """

    _name = "backorder.unmatched.line"
    _description = "Unmatched Order Item"
    _order = "order_id, id"
    _rec_name = "reference"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, server_only=True
    )
    reference = fields.Char(required=True, help="The item as the customer named it.")
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    price_unit = fields.Float("Unit Price", digits="Product Price")
    product_id = fields.Many2one(
        "product.product",
        "Matched Product",
        domain=[("sale_ok", "=", True)],
        ondelete="restrict",
        help="Selecting a product adds the item to the order.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        readonly=True,
        copy=False,
        server_only=True,
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)",
        "The quantity of an unmatched item must be greater than zero.",
    )
    _price_not_negative = models.Constraint(
        "CHECK (price_unit >= 0)",
        "The price of an unmatched item cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._check_order_access()
        items.order_id._hold_for_unmatched_items()
        items.filtered("product_id")._add_to_order()
        return items

    def write(self, vals):
        self._check_order_access()
        if "product_id" in vals and any(item.sale_line_id for item in self):
            raise UserError(
                self.env._(
                    "This item is already on the order. Change the order line instead."
                )
            )
        result = super().write(vals)
        if "order_id" in vals:
            self._check_order_access()
        if vals.get("product_id"):
            self._add_to_order()
        return result

    def unlink(self):
        self._check_order_access()
        orders = self.order_id
        result = super().unlink()
        orders._hold_for_unmatched_items()
        return result

    def _check_order_access(self):
        """Users who may not read an order may not add items to it either."""
        self.order_id.check_access("read")

    def action_match(self, product):
        """Match the item with a product and create its order line.

        :param product: ``product.product`` record or id
        :raise UserError: when the item is already matched
        """
        product_id = product if isinstance(product, int) else product.id
        return self.write({"product_id": product_id})

    def _add_to_order(self):
        """Create the order lines, also for users who may only read the orders.

        :raise UserError: when an order is locked or cancelled
        """
        self.check_access("write")
        self._check_order_open()
        for item in self:
            line = self.env["sale.order.line"].sudo().create(item._prepare_order_line())
            item.sudo().sale_line_id = line
            self.env["backorder.event"]._log(
                "order:item_matched",
                order=item.order_id,
                product=item.product_id,
                quantity=item.quantity,
                reason=item.reference,
            )
        self.order_id._hold_for_unmatched_items()

    def _check_order_open(self):
        closed = self.order_id.filtered(
            lambda order: order.locked or order.state == "cancel"
        )
        if closed:
            raise UserError(
                self.env._(
                    "%s is locked or cancelled. Items cannot be added to it.",
                    ", ".join(closed.mapped("name")),
                )
            )

    def _prepare_order_line(self):
        """Return the values of the order line; only sellers may set its price."""
        self.ensure_one()
        values = {
            "order_id": self.order_id.id,
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
        }
        if self.price_unit and self.order_id.has_access("write"):
            values["price_unit"] = self.price_unit
        return values
