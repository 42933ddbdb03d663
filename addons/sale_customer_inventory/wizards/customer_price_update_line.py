# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class CustomerPriceUpdateLine(models.TransientModel):
    _name = "customer.price.update.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Price for Customer"

    update_id = fields.Many2one(
        "customer.price.update", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True)
    currency_id = fields.Many2one(related="update_id.currency_id")
    list_price = fields.Monetary(compute="_compute_current_price")
    current_price = fields.Monetary(
        "Price for Customer", compute="_compute_current_price"
    )
    current_discount = fields.Float(
        "Customer Discount (%)", compute="_compute_current_price", digits=(5, 2)
    )
    price = fields.Monetary(
        "New Price",
        compute="_compute_price",
        store=True,
        readonly=False,
        precompute=True,
    )
    discount = fields.Float(
        "New Discount (%)",
        compute="_compute_price",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 2),
    )

    resulting_price = fields.Monetary(compute="_compute_result")
    resulting_discount = fields.Float(
        "Resulting Discount (%)", compute="_compute_result", digits=(5, 2)
    )
    change_percent = fields.Float(
        "Change (%)",
        compute="_compute_result",
        digits=(5, 1),
        help="The change from the current price.",
    )

    @api.depends("product_id", "update_id.partner_id")
    @api.depends_context("company")
    def _compute_current_price(self):
        for update, lines in self.grouped("update_id").items():
            currency = update.currency_id or self.env.company.currency_id
            products = lines.product_id._origin
            pricelist = update.partner_id.property_product_pricelist
            public = self.env["product.pricelist"]._get_bulk_prices(products, currency)
            own = pricelist._get_bulk_prices(products, currency)
            for line in lines:
                product_id = line.product_id._origin.id
                list_price, price = public.get(product_id, 0), own.get(product_id, 0)
                line.list_price, line.current_price = list_price, price
                line.current_discount = self.env["customer.inventory"]._get_discount(
                    list_price, price
                )

    @api.depends("product_id")
    def _compute_price(self):
        for line in self:
            line.price = line.current_price
            line.discount = line.current_discount

    @api.depends("price", "discount", "update_id.method", "list_price")
    def _compute_result(self):
        """Show the resulting price before it is applied."""
        inventory = self.env["customer.inventory"]
        for line in self:
            price = line.price
            if line.update_id.method == "discount":
                price = line.list_price * (1 - line.discount / 100)
            line.resulting_price = price
            line.resulting_discount = inventory._get_discount(line.list_price, price)
            now = line.current_price
            line.change_percent = (price - now) / now * 100 if now else 0.0

    def _is_new(self):
        """Whether the entered value differs from the current one."""
        if self.update_id.method == "discount":
            return round(self.discount - self.current_discount, 2) != 0
        return self.currency_id.compare_amounts(self.price, self.current_price) != 0

    def _prepare_update(self):
        if self.update_id.method == "discount":
            return {
                "productId": self.product_id.id,
                "discountPercentage": self.discount,
            }
        return {"productId": self.product_id.id, "customerPrice": self.price}
