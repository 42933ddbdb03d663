# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderOverride(models.Model):
    """A request may also be about the credit limit."""

    _inherit = "backorder.override"

    credit_excess = fields.Monetary(
        "Beyond the Credit Limit",
        help="The amount by which the order exceeds the customer's credit limit.",
    )

    def _prepare_request(self, kind, order):
        values = super()._prepare_request(kind, order)
        if kind == "order":
            values["credit_excess"] = order._get_refused_credit()
        return values

    def _find_obstacles(self):
        """Orders beyond the credit limit need a decision, too."""
        found = super()._find_obstacles()
        if self.kind == "increase" or found:
            return found
        return self.order_id._get_refused_credit()

    def _get_approval_summary(self):
        if self.credit_excess:
            return self.env._("Decide: the order exceeds the credit limit")
        return super()._get_approval_summary()

    def _refresh_stakes(self):
        """Update the credit, too: orders and payments may have changed it."""
        result = super()._refresh_stakes()
        for request in self.sudo().filtered(lambda request: request.kind == "order"):
            request.credit_excess = request.order_id._get_refused_credit()
        return result

    def _prepare_step_event(self, event_type, reason, acknowledged):
        values = super()._prepare_step_event(event_type, reason, acknowledged)
        if self.credit_excess:
            values["payload"]["creditExcess"] = self.credit_excess
        return values
