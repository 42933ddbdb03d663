# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductProduct(models.Model):
    """What to do about a product that is short."""

    _inherit = "product.product"

    def _get_waiting_lines(self, warehouses=None):
        """Return the order lines that wait for these products, longest first."""
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search([("product_id", "in", self.ids), ("backorder_product_qty", ">", 0)])
        )
        if warehouses is not None:
            lines = lines.filtered(
                lambda line: any(
                    warehouse in warehouses
                    for _product, warehouse in line._get_waiting_keys()
                )
            )
        return lines.sorted(lambda line: (line.order_id.backordered_since, line.id))

    def _get_short_keys(self):
        """Return ``(product_id, warehouse_id)`` for all the user's warehouses."""
        warehouses = self._get_promise_warehouses()
        return [
            (product.id, warehouse.id) for product in self for warehouse in warehouses
        ]

    def action_open_purchase(self):
        """Propose what to buy of what these products lack (D5)."""
        return self.env["backorder.purchase"]._open(self._get_short_keys())

    def action_open_transfer(self):
        """Show where there is stock of these products that does not help here (D9)."""
        self.env["backorder.supply"]._check_operator()
        needs = self.env["backorder.supply"]._get_needs_of(self._get_short_keys())
        keys = [need.key for need in needs if need.shortage > 0]
        return self.env["backorder.transfer"]._open(
            keys or self._get_short_keys(), self._get_backorder_orders()
        )
