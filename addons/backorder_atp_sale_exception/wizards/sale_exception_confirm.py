# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleExceptionConfirm(models.TransientModel):
    _inherit = "sale.exception.confirm"

    def action_confirm(self):
        """Say that the order, whose exceptions are ignored, needs a stock approval."""
        result = super().action_confirm()
        order = self.related_model_id
        if self.ignore and order.state != "sale" and order.requires_inventory_override:
            return order._get_pending_action()
        return result
