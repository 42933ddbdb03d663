# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the order lists of Sales show of an order's stock, as one badge."""

    _inherit = "sale.order"

    stock_status = fields.Selection(
        "_get_stock_statuses", compute="_compute_stock_status"
    )

    @api.model
    def _get_stock_statuses(self):
        states = self._fields["backorder_state"]._description_selection(self.env)
        return [
            ("pending", self.env._("Awaiting Approval")),
            *(state for state in states if state[0] != "none"),
        ]

    @api.depends("requires_inventory_override", "backorder_state", "state")
    def _compute_stock_status(self):
        for order in self:
            state = order.backorder_state
            if order.requires_inventory_override and order.state != "cancel":
                state = "pending"
            order.stock_status = state if state != "none" else False
