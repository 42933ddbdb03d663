# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_kits(self, company):
        """Return ``{product: bill of materials}`` of those that are kits."""
        boms = (
            self.env["mrp.bom"]
            .sudo()
            ._bom_find(self, company_id=company.id, bom_type="phantom")
        )
        return {product: bom for product, bom in boms.items() if bom}

    def _explode_kit(self, bom, quantity):
        """Return ``{component: quantity}`` of stock in ``quantity`` of this kit.

        Both in the product's unit; kits inside the kit are opened, too.
        """
        self.ensure_one()
        times = self.uom_id._compute_quantity(quantity, bom.product_uom_id, round=False)
        _boms, lines = bom.explode(self, times / bom.product_qty)
        components = defaultdict(float)
        for line, data in lines:
            if line.product_id.is_storable:
                components[line.product_id] += line.product_uom_id._compute_quantity(
                    data["qty"], line.product_id.uom_id, round=False
                )
        return components
