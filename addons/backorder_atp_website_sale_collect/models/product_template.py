# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.http import request


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _get_additionnal_combination_info(
        self, product_or_template, quantity, uom, date, website
    ):
        """Add what orders would get for delivery and in each store."""
        values = super()._get_additionnal_combination_info(
            product_or_template, quantity, uom, date, website
        )
        is_shown = values.get("show_click_and_collect_availability")
        if is_shown and website._is_promise_kept():
            cart = (request and request.cart) or self.env["sale.order"].sudo()
            values.update(
                product_or_template.sudo()._prepare_places(website, cart, values)
            )
        return values
