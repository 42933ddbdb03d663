# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """The shortage of a line, for the log and for messages."""

    _inherit = "sale.order.line"

    def _prepare_shortage_payload(self):
        """Return the shortage of the line, for the log."""
        self.ensure_one()
        warehouses = [warehouse for _product, warehouse in self._get_demand_keys()]
        warehouse = min(warehouses, key=lambda place: place != self.warehouse_id)
        return {
            "lineId": self.id,
            "productId": self.product_id.id,
            "product": self.product_id.display_name,
            "warehouseId": warehouse.id,
            "warehouse": warehouse.name,
            "shortfall": self.backorder_product_qty,
        }

    def _get_shortage_label(self):
        """Return the shortage of the line, for messages."""
        self.ensure_one()
        unit = self.product_id.uom_id
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s",
            quantity=unit.round(self.backorder_product_qty),
            unit=unit.name,
            product=self.product_id.display_name,
        )
