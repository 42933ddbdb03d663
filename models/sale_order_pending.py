# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Says for what decision an order waits, and what follows (C8)."""

    _inherit = "sale.order"

    waits_for_stock = fields.Boolean(compute="_compute_waits_for")
    waits_for_warehouse = fields.Boolean(compute="_compute_waits_for")
    pending_message = fields.Char(compute="_compute_pending_message")

    @api.depends("override_ids.state", "override_ids.line_ids.snapshot", "warehouse_id")
    def _compute_waits_for(self):
        for order in self:
            request = order._get_pending_request()
            order.waits_for_warehouse = request and order._is_warehouse_asked_for()
            order.waits_for_stock = request and (
                request._is_stock_missing() or not order.waits_for_warehouse
            )

    @api.depends("waits_for_stock", "waits_for_warehouse", "state")
    def _compute_pending_message(self):
        for order in self:
            reasons = order._get_pending_reasons()
            order.pending_message = reasons and " ".join(
                [*reasons, order._get_pending_outcome()]
            )

    def _get_pending_request(self):
        """Return the request that the whole order waits for, if any."""
        return self._get_open_requests().filtered(
            lambda request: request.kind == "order"
        )

    def _get_pending_reasons(self):
        """Return why somebody has to decide, a sentence each."""
        reasons = []
        if self.waits_for_stock:
            reasons.append(self.env._("This order asks for more than can be promised."))
        if self.waits_for_warehouse:
            reasons.append(
                self.env._(
                    "No warehouse is chosen for this order and several are possible."
                )
            )
        return reasons

    def _get_pending_outcome(self):
        """Return what follows from the decision, and who takes it."""
        if self.state == "sale":
            return self.env._(
                "Its delivery is withheld until an inventory manager decides."
            )
        return self.env._("It is confirmed once an inventory manager approves it.")
