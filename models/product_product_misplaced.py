# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductProduct(models.Model):
    """Picked goods that no transfer takes any more."""

    _inherit = "product.product"

    def _get_misplaced(self, warehouses):
        """Return ``[(quant, quantity)]`` of misplaced goods in outbound locations."""
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(self, warehouses, components=["misplaced"])
        )
        left = {key: row["misplaced"] for key, row in availability.items()}
        found = []
        for quant in (
            self._search_stock(warehouses, ["outbound"]) if any(left.values()) else ()
        ):
            key = quant.product_id.id, quant.location_id.warehouse_id.id
            quantity = min(left[key], quant.quantity - quant.reserved_quantity)
            if quant.product_id.uom_id.compare(quantity, 0) > 0:
                left[key] -= quantity
                found.append((quant, quantity))
        return found

    def _search_stock(self, warehouses, kinds, domain=()):
        """Return the quants of these products in locations of the given ``kinds``."""
        return (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("product_id", "in", self.ids),
                    ("location_id.warehouse_id", "in", warehouses.ids),
                    ("location_id.availability_kind", "in", kinds),
                    ("quantity", ">", 0),
                    *domain,
                ]
            )
        )
