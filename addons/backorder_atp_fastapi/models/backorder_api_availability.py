# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

# The fields of the response that are sums over the warehouses.
TOTALS = {
    "total_quantity_on_hand": "on_hand",
    "reserved_units": "reserved_units",
    "incoming_units": "incoming",
    "backordered_units": "backordered",
    "effective_available_units": "effective",
    "available_to_promise": "displayed",
}


class BackorderApiAvailability(models.AbstractModel):
    """Availability of a product."""

    _name = "backorder.api.availability"
    _description = "Backorder HTTP API: Availability"
    _inherit = "backorder.api"

    def _get_availability(self, part, warehouse_id=None, explain=False):
        """Return the body of ``GET /inventory/{part}/availability``."""
        product = self._find_part(part)
        warehouses = self._get_requested_warehouses(warehouse_id)
        calculator = self.env["stock.availability"]
        rows = calculator.get_availability(product, warehouses)
        return {
            **self._prepare_part(product),
            **self._prepare_totals(product, rows.values()),
            "locations": self._prepare_locations(
                calculator.get_locations(product, warehouses)
            ),
            "warehouses": self._prepare_warehouses(product, warehouses, rows, explain),
        }

    def _get_requested_warehouses(self, warehouse_id):
        if warehouse_id:
            return self._find_warehouse(warehouse_id)
        warehouses = self.env["stock.warehouse"].sudo()
        domain = [("company_id", "=", self.env.company.id)]
        return warehouses.search(domain).sudo(False)

    def _prepare_part(self, product):
        return {
            "product_id": product.id,
            "sku": product.default_code or None,
            "barcode": product.barcode or None,
            "product": product.display_name,
            "unit": product.uom_id.name,
        }

    def _prepare_totals(self, product, rows):
        return {
            name: product.uom_id.round(
                sum(row[component] for row in rows), rounding_method="HALF-UP"
            )
            for name, component in TOTALS.items()
        }

    def _prepare_locations(self, locations):
        return [
            {
                "location_id": row["location_id"],
                "location_name": row["name"],
                "warehouse_id": warehouse_id,
                "kind": row["kind"],
                "quantity_on_hand": row["on_hand"],
                "reserved_quantity": row["reserved"],
                "available_quantity": row["available"],
            }
            for (_product_id, warehouse_id), rows in locations.items()
            for row in rows
        ]

    def _prepare_warehouses(self, product, warehouses, rows, explain):
        figures = self._get_figures(product, warehouses) if explain else {}
        return [
            {
                "warehouse_id": warehouse.id,
                "warehouse": warehouse.name,
                **rows[product.id, warehouse.id],
                "explanation": figures.get(warehouse.id),
            }
            for warehouse in warehouses.sudo()
        ]

    def _get_figures(self, product, warehouses):
        """Return ``{warehouse_id: the steps from on hand to available to promise}``."""
        explained = self.env["stock.availability"].explain(product.id, warehouses.ids)
        return {row["warehouse_id"]: row["figures"] for row in explained}
