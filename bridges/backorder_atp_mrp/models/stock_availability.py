# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class StockAvailability(models.AbstractModel):
    """There are as many kits as its scarcest component allows."""

    _inherit = "stock.availability"

    @api.private
    def get_availability(
        self, products, warehouses, excluded_orders=None, components=None
    ):
        """Return, for a kit, the components' figures counted in kits.

        All figures are those of the component that allows the fewest kits, so that
        they still add up.
        """
        kits = self._get_kits(products, warehouses)
        if not kits:
            return super().get_availability(
                products, warehouses, excluded_orders, components
            )
        parts = self.env["product.product"].union(
            products, *(part for recipe in kits.values() for part in recipe)
        )
        names = components and list(dict.fromkeys(["atp", *components]))
        rows = super().get_availability(parts, warehouses, excluded_orders, names)
        for kit, recipe in kits.items():
            for warehouse in warehouses:
                rows[kit.id, warehouse.id] = self._count_kits(rows, recipe, warehouse)
        return rows

    def _get_kits(self, products, warehouses):
        """Return ``{kit: {component: quantity in one kit}}``."""
        kits = {}
        for company in warehouses.sudo().company_id:
            for kit, bom in products._get_kits(company).items():
                if recipe := kit._explode_kit(bom, 1.0):
                    kits[kit] = recipe
        return kits

    def _count_kits(self, rows, recipe, warehouse):
        scarcest = min(
            recipe,
            key=lambda part: rows[part.id, warehouse.id]["atp"] / recipe[part],
        )
        row = rows[scarcest.id, warehouse.id]
        return {name: quantity / recipe[scarcest] for name, quantity in row.items()}

    def _get_differences(self, products, warehouses):
        """Count the components: there is no stock of a kit to be accounted for."""
        kits = self._get_kits(products, warehouses)
        counted = products.filtered(lambda product: product not in kits)
        return {
            **{
                (kit.id, warehouse.id): (0.0, 0.0)
                for kit in kits
                for warehouse in warehouses
            },
            **super()._get_differences(counted, warehouses),
        }

    @api.model
    def explain(self, product_id, warehouse_ids=None, order_id=None):
        """Explain a kit by each of its components (B17)."""
        product = self.env["product.product"].browse(product_id)
        product.check_access("read")
        warehouses = self._get_explained_warehouses(product, warehouse_ids)
        recipe = self._get_kits(product, warehouses).get(product)
        return [
            part
            for shown in recipe or product
            for part in super(StockAvailability, self).explain(
                shown.id, warehouse_ids, order_id
            )
        ]
