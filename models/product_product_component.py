# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ProductProduct(models.Model):
    """What is taken from stock for a product, by whatever asks for it."""

    _inherit = "product.product"

    @api.model
    def _get_components(self, wanted, company):
        """Return what each of ``wanted`` takes from stock; a bridge opens kits.

        :param wanted: list of ``(product, quantity)``, the quantity in the product's
            unit
        :param company: whose kits count
        :return: list of ``{component: quantity}`` in the same order, in the
            component's unit; empty for what is not kept in stock
        """
        return [
            {product: quantity} if product.is_storable else {}
            for product, quantity in wanted
        ]

    def _filter_stocked(self, warehouse):
        """Return the products that are stock themselves; a bridge leaves out kits."""
        return self

    def _get_products_asking(self):
        """Return the products whose orders may take any of these from stock."""
        return self
