# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class StockLevel(models.Model):
    _inherit = "stock.level"

    def _get_backorder_limit(self, company):
        return super()._get_backorder_limit(self.company_id or company)

    @api.model
    def _get_limits(self, products, locations):
        """Return how far backorders are allowed, where they are (B16).

        :return: ``{(product_id, location_id): BackorderLimit or None}``
        """
        levels = self._get_levels_by_scope(products, locations)
        limits = {}
        for product in products:
            for location in locations:
                level = self._find_deciding_level(levels, product, location)
                company = location.company_id or self.env.company
                limits[product.id, location.id] = (
                    level or product
                )._get_backorder_limit(company)
        return limits
