# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import models

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp_fastapi.problems import (
    insufficient_inventory,
    not_found,
)


class BackorderApi(models.AbstractModel):
    """What several of the operations have in common."""

    _inherit = "backorder.api"

    def _require_products(self, lines):
        """Return the product of each line.

        :raise ApiProblem: when one does not exist
        """
        products = self._find_line_products(lines)
        missing = [
            line.sku
            for line, product in zip(lines, products, strict=True)
            if not product
        ]
        if missing:
            raise not_found(self.env._("Part not found: %s", ", ".join(missing)))
        return products

    @contextmanager
    def _refusing(self, requested):
        """Turn the refusal of a soft reservation into a problem with its items.

        :param requested: ``{(product, warehouse): quantity}``
        """
        try:
            with self.env.cr.savepoint():
                yield
        except OrderValidationError as error:
            items = self._prepare_short_items(requested)
            raise insufficient_inventory(str(error), items) from error

    def _prepare_short_items(self, requested):
        products = self.env["product.product"].union(*(key[0] for key in requested))
        warehouses = self.env["stock.warehouse"].union(*(key[1] for key in requested))
        availability = self.env["stock.availability"].get_availability(
            products, warehouses, components=["displayed"]
        )
        items = [
            self._prepare_requested_item(
                product,
                warehouse,
                quantity,
                availability[product.id, warehouse.id]["displayed"],
            )
            for (product, warehouse), quantity in requested.items()
        ]
        return [item for item in items if item["shortfall"] > 0]

    def _prepare_requested_item(self, product, warehouse, required, available):
        return {
            "productId": product.id,
            "sku": product.default_code or None,
            "product": product.display_name,
            "warehouseId": warehouse.id,
            "required": required,
            "available": available,
            "shortfall": product.uom_id.round(max(0.0, required - available)),
        }

    def _replace_false(self, values, *names):
        """Return ``values`` with None where Odoo has False for an empty text or id."""
        empty = {name: None for name in names if values.get(name) is False}
        return {**values, **empty}
