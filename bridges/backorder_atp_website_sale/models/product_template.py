# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.http import request


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _is_sold_out(self):
        if not self.env["website"].get_current_website()._is_promise_kept():
            return super()._is_sold_out()
        variant = self.product_variant_id
        return bool(variant) and variant._is_sold_out()

    def _get_additionnal_combination_info(
        self, product_or_template, quantity, uom, date, website
    ):
        """Add what is in stock, and from when there is more (A5)."""
        values = super()._get_additionnal_combination_info(
            product_or_template, quantity, uom, date, website
        )
        if (
            self.env.context.get("website_sale_stock_get_quantity")
            and website._is_promise_kept()
            and product_or_template.is_product_variant
            and product_or_template.is_storable
        ):
            cart = (request and request.cart) or self.env["sale.order"].sudo()
            values.update(
                product_or_template._prepare_shop_promise(website, cart, quantity, uom)
            )
        return values
