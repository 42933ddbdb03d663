# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductFeed(models.Model):
    _inherit = "product.feed"

    def _prepare_gmc_stock_info(self, product):
        """Add what is sold beyond stock, and its availability date."""
        info = super()._prepare_gmc_stock_info(product)
        if not self.website_id._is_promise_kept():
            return info
        if info["availability"] == "in_stock" and product._is_backordered_in_shop():
            info["availability"] = "backorder"
            day = product._get_shop_backorder_date(self.website_id)
            if day and self.website_id.promise_show_dates:
                info["availability_date"] = day.isoformat()
        return info
