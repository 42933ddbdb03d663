# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import models

APPROVAL_ACTIVITY = "backorder_atp.mail_activity_type_approval"


class BackorderOverride(models.Model):
    """Activities for approvers, and notifications of their decisions."""

    _name = "backorder.override"
    _inherit = ["backorder.override", "mail.thread", "mail.activity.mixin"]

    def _schedule_approval(self, user):
        """Schedule one activity for ``user``, which opens the request."""
        if not user:
            return
        request = self.sudo()
        if activity := request.activity_search([APPROVAL_ACTIVITY])[:1]:
            activity.user_id = user
            return
        request.activity_schedule(
            APPROVAL_ACTIVITY,
            user_id=user.id,
            summary=self._get_approval_summary(),
        )

    def _get_approval_summary(self):
        if self.order_id._is_only_unplaced():
            return self.env._("Approval requested: no warehouse selected")
        return self.env._("Approval requested: order exceeds available stock")

    def _close_activities(self):
        self.sudo().activity_unlink([APPROVAL_ACTIVITY])

    # ------------------------------------------------------------------
    # Decision
    # ------------------------------------------------------------------

    def _notify_decision(self, reason):
        """Post the decision on the order for the salesperson and the requesters."""
        for request in self.sudo():
            request.order_id.message_post(
                body=Markup("<b>%s</b><br/>%s")
                % (request._get_decision_text(), reason),
                partner_ids=request._get_interested_partners().ids,
                subtype_xmlid="mail.mt_note",
            )

    def _get_decision_text(self):
        """Return the decision and its effect on the order in one sentence."""
        if self.state == "approved":
            return self.env._("Stock approval granted.")
        if self.kind == "increase":
            return self.env._(
                "Stock approval rejected. The order keeps its previous quantities."
            )
        if self._is_withholding():
            return self.env._(
                "Stock approval rejected. The order has been cancelled: inform the"
                " customer and refund any payment."
            )
        return self.env._("Stock approval rejected. The order remains a quotation.")

    def _get_interested_partners(self):
        users = self.order_id.user_id | self.requester_id | self.requester_ids
        return (users.filtered("active") - self.env.user).partner_id
