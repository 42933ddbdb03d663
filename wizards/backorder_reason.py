# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderReason(models.TransientModel):
    """The dialog for the reason of a hold, a release or a withdrawal."""

    _name = "backorder.reason"
    _inherit = "backorder.wizard.mixin"
    _description = "Backorder Decision"

    operation = fields.Selection(
        [
            ("hold", "Put on Hold"),
            ("release", "Release"),
            ("reject", "Reject"),
            ("withdraw", "Withdraw Request"),
            ("undo", "Undo Approval"),
        ],
        required=True,
    )
    order_ids = fields.Many2many("sale.order", string="Orders")
    override_id = fields.Many2one("backorder.override", "Request")
    reason = fields.Char(required=True)

    def action_hold(self):
        self.order_ids.action_hold(self.reason)
        return self._get_done_action(
            self.env._("Put on hold"),
            self.env._("%s gets no stock until it is released."),
        )

    def action_release(self):
        self.order_ids.action_release_hold(self.reason)
        return self._get_done_action(
            self.env._("Released"), self.env._("%s is in the queue for stock again.")
        )

    def action_reject(self):
        order = self.override_id.order_id
        self.override_id.action_reject(self.reason)
        return self._get_done_action(
            self.env._("Rejected"),
            self.env._("%s is rejected. The salesperson has been notified."),
            order,
        )

    def action_withdraw(self):
        order = self.override_id.order_id
        self.override_id.action_withdraw(self.reason)
        return self._get_done_action(
            self.env._("Request withdrawn"),
            self.env._("%s has no pending approval."),
            order,
        )

    def action_undo(self):
        order = self.override_id.order_id
        self.override_id.action_undo(self.reason)
        return self._get_done_action(
            self.env._("Approval undone"),
            self.env._("%s is no longer approved."),
            order,
        )

    def _get_done_action(self, title, message, orders=None):
        """Return the notification that something has happened to ``orders``."""
        orders = self.order_ids if orders is None else orders
        is_one = len(orders) == 1
        if not is_one:
            message = message.replace("%s", ", ".join(orders.mapped("name")))
        return orders._get_notification(
            title, message, kind="success", link=orders if is_one else None
        )
