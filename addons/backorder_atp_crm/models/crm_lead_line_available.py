# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models


class CrmLeadLine(models.Model):
    """The stock available to the lines, shared in their order."""

    _inherit = "crm.lead.line"

    available_qty = fields.Float(
        "Available",
        compute="_compute_stock",
        digits="Product Unit",
        help="The quantity reserved for the opportunity, and what else can be"
        " promised.",
    )
    soft_reserved_qty = fields.Float(
        "Reserved", compute="_compute_stock", digits="Product Unit"
    )
    is_short = fields.Boolean(compute="_compute_stock")

    @api.depends(
        "product_id",
        "product_uom_id",
        "quantity",
        "warehouse_id",
        "lead_id.soft_reservation_ids.state",
    )
    def _compute_stock(self):
        placed = self.filtered(
            lambda line: line.product_id and line.warehouse_id and line.quantity > 0
        )
        shares = placed._get_shares()
        for line in self:
            reserved, available = shares.get(line, (0.0, 0.0))
            line.soft_reserved_qty = line._to_line_unit(reserved)
            line.available_qty = line._to_line_unit(available)
            line.is_short = (
                line in shares
                and line.product_id.uom_id.compare(line._get_product_qty(), available)
                > 0
            )

    def _get_shares(self):
        """Return ``{line: (reserved, available)}`` in the product's unit.

        Lines of one opportunity with the same product are served in sequence. The
        scarcest component of a kit decides.
        """
        components = {
            line: parts for line, parts in self._get_components().items() if parts
        }
        free = self._get_free(components)
        shares = {}
        for lead in self.lead_id:
            reserved = defaultdict(float, lead._origin._get_reserved_quantities())
            taken = defaultdict(float)
            for line in self.filtered(
                lambda line, lead=lead: line.lead_id == lead and line in components
            ):
                shares[line] = line._get_share(components[line], free, reserved, taken)
        return shares

    def _get_free(self, components):
        """Return ``{(product, warehouse): quantity}`` that can still be promised."""
        products = self.env["product.product"].union(
            *(product for parts in components.values() for product in parts)
        )
        warehouses = self.warehouse_id._origin
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(products, warehouses, components=["displayed"])
        )
        return {
            (product, warehouse): availability[product.id, warehouse.id]["displayed"]
            for product in products
            for warehouse in warehouses
        }

    def _get_share(self, parts, free, reserved, taken):
        """Return the reserved and the available quantity; count the line as taken.

        Both are zero where a unit, or that of a component, converts to zero.
        """
        quantity = self._get_product_qty()
        counts = []
        for product, part in parts.items():
            key = (product, self.warehouse_id._origin)
            own = reserved[key] - taken[key]
            if quantity and part:
                stock = (min(max(0.0, own), part), max(0.0, own + free[key]))
                counts.append([count * quantity / part for count in stock])
            taken[key] += part
        return tuple(map(min, zip(*counts, strict=True))) or (0.0, 0.0)

    def _to_line_unit(self, quantity):
        if not quantity:
            return 0.0
        return self.product_id.uom_id._convert_quantity(
            quantity, self.product_uom_id, rounding_method="HALF-UP"
        )
