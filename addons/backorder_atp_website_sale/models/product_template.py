# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.http import request


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _is_sold_out(self):
        variant = self.product_variant_id
        if not variant._get_shop_website()._is_promise_kept():
            return super()._is_sold_out()
        return bool(variant) and variant._is_sold_out()

    def _get_own_website(self):
        """Return the shop of the product, or the first one of its company."""
        template = self.sudo()
        if template.website_id or not template.company_id:
            return template.website_id
        return template.website_id.search(
            [("company_id", "=", template.company_id.id)], limit=1
        )

    def _get_additionnal_combination_info(
        self, product_or_template, quantity, uom, date, website
    ):
        """Add the quantity in stock, and when more is available."""
        values = super()._get_additionnal_combination_info(
            product_or_template, quantity, uom, date, website
        )
        if (
            self.env.context.get("website_sale_stock_get_quantity")
            and website._is_promise_kept()
            and product_or_template.is_product_variant
        ):
            product = product_or_template
            cart = (request and request.cart) or self.env["sale.order"].sudo()
            is_kit = not product.is_storable and product._in_shop(website).is_shop_stock
            if is_kit:
                values.update(product._prepare_kit_availability(website, cart, uom))
            if is_kit or product.is_storable:
                values.update(
                    product._prepare_shop_promise(website, cart, quantity, uom)
                )
        return values
