# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.http import request

from odoo.addons.website_sale_stock.controllers.website_sale import WebsiteSale


class PromiseWebsiteSale(WebsiteSale):
    """Say at checkout what is missing, before the shopper tries to pay."""

    def _get_shop_payment_values(self, order, **kwargs):
        values = super()._get_shop_payment_values(order, **kwargs)
        missing = dict.fromkeys(order._get_shop_shortages().values())
        if missing:
            title = request.env._("Some of your cart is not available any more.")
            values["errors"] = [*values["errors"], (title, " ".join(missing))]
        return values
