# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _write_multi(self, vals_list):
        """Refresh open boards when a line becomes more or less short."""
        changed = self.browse(
            line.id
            for line, vals in zip(self, vals_list, strict=True)
            if "backorder_product_qty" in vals and line._is_shortage_shown(vals)
        )
        if changed:
            self.env["backorder.board"]._notify_change(changed.sudo().company_id)
        return super()._write_multi(vals_list)

    def _prepare_shortage_payload(self):
        """Return how much the line lacks of what, for the log."""
        self.ensure_one()
        warehouses = [warehouse for _product, warehouse in self._get_waiting_keys()]
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
        """Return how much the line lacks of what, for people."""
        self.ensure_one()
        unit = self.product_id.uom_id
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s",
            quantity=unit.round(self.backorder_product_qty),
            unit=unit.name,
            product=self.product_id.display_name,
        )

    def _is_shortage_shown(self, vals):
        """Whether the new shortage, as a column holds it, or the old one counts."""
        is_short = float(vals["backorder_product_qty"] or 0) > 0
        return is_short or bool(self.sudo().order_id.backordered_since)
