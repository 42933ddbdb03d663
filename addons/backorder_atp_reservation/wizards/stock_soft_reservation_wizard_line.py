# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockSoftReservationWizardLine(models.TransientModel):
    _name = "stock.soft.reservation.wizard.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Item to Reserve"

    wizard_id = fields.Many2one(
        "stock.soft.reservation.wizard", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one("stock.warehouse", required=True)
    missing_quantity = fields.Float(
        "Not Reserved Yet",
        digits="Product Unit",
        help="The quantity on the quotation, less what is already reserved for it.",
    )
    available_quantity = fields.Float("Available", digits="Product Unit")
    quantity = fields.Float("To Reserve", digits="Product Unit")

    def _prepare_reservation(self):
        """Return the values of the soft reservation of this line."""
        return {
            "product_id": self.product_id.id,
            "warehouse_id": self.warehouse_id.id,
            "quantity": self.quantity,
            "order_id": self.wizard_id.order_id.id,
            "expiry_date": self.wizard_id.expiry_date,
        }
