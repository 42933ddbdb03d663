# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _is_left_to_odoo(self):
        return False

    @api.model
    def _get_components(self, wanted, company):
        """Explode the kits among ``wanted``, which are searched in one query."""
        kits = self.union(*(product for product, _qty in wanted))._get_kits(company)
        components = super()._get_components(wanted, company)
        return [
            product._explode_kit(kits[product], quantity) if product in kits else own
            for (product, quantity), own in zip(wanted, components, strict=True)
        ]

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

        Both in the product's unit; kits inside the kit are exploded, too.
        """
        self.ensure_one()
        times = self.uom_id._convert_quantity(quantity, bom.product_uom_id, round=False)
        _boms, lines = bom.explode(self, times / bom.product_qty)
        components = defaultdict(float)
        for line, data in lines:
            component = line.product_id  # may be unpublished for shoppers
            quantity = line.product_uom_id._convert_quantity(
                data["qty"], component.uom_id, round=False
            )
            if component.is_storable and quantity:
                components[component.with_env(self.env)] += quantity
        return dict(components)

    def _get_products_in_demand(self):
        """Add the kits that contain any of these, also within other kits."""
        products = super()._get_products_in_demand()
        while kits := products._get_kits_around() - products:
            products |= kits
        return products

    def _get_kits_around(self):
        """Return the kits whose bills of materials contain any of these."""
        lines = (
            self.env["mrp.bom.line"]
            .sudo()
            .search([("product_id", "in", self.ids), ("bom_id.type", "=", "phantom")])
        )
        boms = lines.bom_id
        return boms.product_id | boms.product_tmpl_id.product_variant_ids

    def _get_kit_recipe(self, bom):
        """Return ``{component: quantity}`` in one of this kit, in their units.

        A bill of materials may produce several kits from one unit of a component: it
        is exploded for its whole quantity, so that nothing is rounded up for each kit.
        """
        made = bom.product_uom_id._convert_quantity(
            bom.product_qty, self.uom_id, round=False
        )
        return {
            component: quantity / made
            for component, quantity in self._explode_kit(bom, made).items()
        }

    def _filter_stocked(self, company):
        """Leave out kits, which are counted by their components."""
        kits = self._get_kits(company)
        stocked = super()._filter_stocked(company)
        return stocked.filtered(
            lambda product: (
                product not in kits or not product._get_kit_recipe(kits[product])
            )
        )
