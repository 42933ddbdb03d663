# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class StockAvailability(models.AbstractModel):
    """As many kits are available as the scarcest component allows."""

    _inherit = "stock.availability"

    @api.private
    def get_availability(
        self, products, warehouses, excluded_orders=None, components=None
    ):
        """Return, for a kit, the figures of its scarcest component, counted in kits.

        All figures are those of one component, so that they add up.
        """
        kits = self._get_kits(products, warehouses)
        if not any(kits.values()):
            return super().get_availability(
                products, warehouses, excluded_orders, components
            )
        parts = products.union(
            *(part for own in kits.values() for kit in own.values() for part in kit)
        )
        names = components and list(dict.fromkeys(["atp", "displayed", *components]))
        rows = super().get_availability(parts, warehouses, excluded_orders, names)
        for warehouse, recipes in kits.items():
            for kit, recipe in recipes.items():
                rows[kit.id, warehouse.id] = self._count_kits(rows, recipe, warehouse)
        return rows

    def _get_kits(self, products, warehouses):
        """Return ``{warehouse: {kit: {component: quantity in one kit}}}``.

        Each company has its own bills of materials.
        """
        kits = {}
        for company, own in warehouses.sudo().grouped("company_id").items():
            recipes = {
                kit: kit._get_kit_recipe(bom)
                for kit, bom in products._get_kits(company).items()
            }
            recipes = {kit: recipe for kit, recipe in recipes.items() if recipe}
            kits.update(dict.fromkeys(own.with_env(self.env), recipes))
        return kits

    def _count_kits(self, rows, recipe, warehouse):
        """Return the figures of the component that allows the fewest kits.

        Soft reservations of an order are available to that order, so the displayed
        quantity is compared first, then the available to promise.
        """

        def count(part):
            row = rows[part.id, warehouse.id]
            return row["displayed"] / recipe[part], row["atp"] / recipe[part]

        scarcest = min(recipe, key=count)
        row = rows[scarcest.id, warehouse.id]
        return {name: quantity / recipe[scarcest] for name, quantity in row.items()}

    @api.model
    def explain(self, product_id, warehouse_ids=None, order_id=None):
        """Explain a kit by each of its components."""
        product, _order = self._get_explained_records(product_id, order_id)
        warehouses = self._get_explained_warehouses(product, warehouse_ids)
        kits = self._get_kits(product, warehouses)
        explained = []
        for recipe, own in self._group_by_recipe(product, kits):
            for shown in recipe or product:
                explained += super().explain(shown.id, own.ids, order_id)
        return explained

    def _group_by_recipe(self, product, kits):
        """Return ``[(recipe or none, warehouses)]``, by company."""
        warehouses = self.env["stock.warehouse"].union(*kits)
        companies = warehouses.sudo().grouped("company_id").values()
        return [(kits[own[0]].get(product), own) for own in companies]
