# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.http import request

from odoo.addons.website_sale_stock.controllers.website_sale import WebsiteSale


class PromiseWebsiteSale(WebsiteSale):
    """Show shortages at checkout, before the payment."""

    def _get_shop_payment_values(self, order, **kwargs):
        values = super()._get_shop_payment_values(order, **kwargs)
        missing = dict.fromkeys(order._get_shop_shortages().values())
        if missing:
            title = request.env._(
                "Some products in your cart are not available anymore."
            )
            values["errors"] = [*values["errors"], (title, " ".join(missing))]
        return values
