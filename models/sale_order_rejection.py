# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import format_date


class SaleOrder(models.Model):
    """A rejected quotation shows the rejection until it is requested again."""

    _inherit = "sale.order"

    rejection_note = fields.Char(compute="_compute_rejection_note")

    @api.depends("state", "requires_inventory_override", "override_ids.state")
    def _compute_rejection_note(self):
        for order in self:
            decided = order._get_last_decision()
            is_rejected = (
                decided.state == "rejected"
                and order.state in ("draft", "sent")
                and not order.requires_inventory_override
            )
            order.rejection_note = is_rejected and order._get_rejection_note(decided)

    def _get_rejection_note(self, decided):
        return self.env._(
            "Rejected by %(who)s on %(day)s: “%(reason)s”.",
            who=decided.approver_id.name,
            day=format_date(self.env, decided.decision_date),
            reason=decided.reason,
        )

    def _cancel_rejected(self):
        """Cancel paid or signed orders whose delivery was not approved."""
        for order in self:
            order.locked = False
            order._action_cancel()
