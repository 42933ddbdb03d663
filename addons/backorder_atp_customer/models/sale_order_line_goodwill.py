# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrderLine(models.Model):
    """The goodwill discount of a line."""

    _inherit = "sale.order.line"

    goodwill_discount = fields.Float(
        "Goodwill Discount (%)",
        digits="Discount",
        readonly=True,
        copy=False,
        help="Granted because the customer had to wait. It is part of the line's"
        " discount.",
        server_only=True,
    )

    def _divide_share(self, share):
        """Return the line of the backordered quantity: this one, or one split off."""
        self.ensure_one()
        if self.product_uom_id.compare(share.quantity, self.product_uom_qty) >= 0:
            return self
        moves = self._move_share(share, self.order_id)
        part = moves.sale_line_id
        # a separate line, so that merging orders does not undo its price
        part.sudo().backorder_origin_line_id = False
        return part

    def _copy_to(self, order, quantity):
        part = super()._copy_to(order, quantity)
        part.sudo().goodwill_discount = self.goodwill_discount
        return part

    def _give_goodwill(self, percent):
        """Take ``percent`` off the current price."""
        self.ensure_one()
        self.write(
            {
                "discount": self._add_discount(self.discount, percent),
                "goodwill_discount": self._add_discount(
                    self.goodwill_discount, percent
                ),
            }
        )

    def _add_discount(self, discount, percent):
        """Return the combination of two successive discounts, in percent."""
        return 100 - (100 - discount) * (100 - percent) / 100

    def _prepare_goodwill_payload(self):
        return {
            "lineId": self.id,
            "productId": self.product_id.id,
            "product": self.product_id.display_name,
            "quantity": self.product_uom_qty,
            "discount": self.discount,
        }
