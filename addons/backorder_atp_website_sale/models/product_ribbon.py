# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductRibbon(models.Model):
    _inherit = "product.ribbon"

    def _is_applicable_for(self, product, price_data):
        """Show the ribbon also where Odoo would continue selling."""
        result = super()._is_applicable_for(product, price_data)
        if result or not product or self.assign != "out_of_stock":
            return result
        website = product.env["website"].get_current_website()
        return website._is_promise_kept() and product._is_sold_out()
