# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockDeliveryFailure(models.TransientModel):
    """Ask why the carrier could not deliver."""

    _name = "stock.delivery.failure"
    _inherit = "backorder.wizard.mixin"
    _description = "Delivery Failure"

    picking_ids = fields.Many2many("stock.picking", string="Deliveries", required=True)
    reason = fields.Char(required=True)

    def action_fail(self):
        self.picking_ids.action_fail_delivery(self.reason)
