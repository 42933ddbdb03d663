# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def _compute_base_price(self, product, quantity, uom, date, currency, **kwargs):
        """Use prices of the base pricelist that have been computed already."""
        known = kwargs.get("known_prices") or {}
        base = self.base_pricelist_id
        if self.base != "pricelist" or product.id not in known.get(base.id, ()):
            return super()._compute_base_price(
                product, quantity, uom, date, currency, **kwargs
            )
        price = known[base.id][product.id]
        if base.currency_id == currency:
            return price
        day = date or fields.Datetime.now()
        return base.currency_id._convert(
            price, currency, self.env.company, day, round=False
        )
