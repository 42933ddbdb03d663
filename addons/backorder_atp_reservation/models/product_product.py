# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    soft_reserved_qty = fields.Float(
        "Soft Reserved",
        compute="_compute_soft_reserved_qty",
        digits="Product Unit",
        help="The quantity reserved for quotations and customers in your warehouses.",
    )

    @api.depends_context("allowed_company_ids", "warehouse_id")
    def _compute_soft_reserved_qty(self):
        warehouses = self._get_promise_warehouses()
        availability = self.env["stock.availability"].get_availability(
            self, warehouses, components=["held"]
        )
        for product in self:
            product.soft_reserved_qty = sum(
                availability[product.id, warehouse.id]["held"]
                for warehouse in warehouses
                if product.id
            )

    def action_view_soft_reservations(self):
        """Open the soft reservations of these products."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp_reservation.stock_soft_reservation_action"
        )
        return {
            **action,
            "domain": [("product_id", "in", self.ids)],
            "context": {
                "search_default_counting": 1,
                "default_product_id": self[:1].id,
            },
        }
