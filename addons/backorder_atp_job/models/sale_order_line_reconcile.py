# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

# Quantities in the unit of the order; the others are in the product's unit.
SHOWN_FIELDS = ("open_qty", "allocated_qty", "backorder_qty")


class SaleOrderLine(models.Model):
    """The differences found in a line, and their effect on stock."""

    _inherit = "sale.order.line"

    def _describe_changes(self, before, after):
        """Yield each difference as text."""
        self.ensure_one()
        changed = [name for name in SHOWN_FIELDS if before[name] != after[name]]
        # only the quantity in the product's unit differs
        for name in changed or ["backorder_product_qty"]:
            label = self._fields[name]._description_string(self.env)
            yield self.order_id._describe_change(
                f"{self.product_id.display_name}, {label}",
                f"{before[name]:g}",
                f"{after[name]:g}",
            )

    def _get_unit_cost(self):
        """Return the cost of one unit of the product, in the company's currency."""
        return self.product_id.with_company(self.company_id).standard_price

    def _prepare_stock_impact(self):
        quantity = self.product_uom_id._convert_quantity(
            self.open_qty, self.product_id.uom_id
        )
        return {
            "lineId": self.id,
            "sku": self.product_id.default_code or False,
            "product": self.product_id.display_name,
            "location": (self.warehouse_id or self.order_id.warehouse_id).name,
            "quantity": quantity,
            "unitCost": self._get_unit_cost(),
            "totalCost": quantity * self._get_unit_cost(),
        }

    def _prepare_repair_payload(self, before, after, difference):
        return {
            "lineId": self.id,
            "productId": self.product_id.id,
            "product": self.product_id.display_name,
            "toDeliverBefore": before["open_qty"],
            "toDeliver": after["open_qty"],
            "previouslyAllocated": before["allocated_qty"],
            "allocated": after["allocated_qty"],
            "previouslyBackordered": before["backorder_qty"],
            "backordered": after["backorder_qty"],
            "value": difference * self._get_unit_cost(),
        }
