# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

from .backorder_demo import all_or_nothing
from .backorder_event import EVENT_DATE

# Customers are notified of older backorders, a day after these began.
NOTIFIED_AFTER = timedelta(days=8)
NOTIFIED_WITHIN = timedelta(days=1)


class BackorderDemoMessage(models.AbstractModel):
    _name = "backorder.demo.message"
    _inherit = "backorder.demo"
    _description = "Backorder Demo Messages"

    @api.model
    @api.private
    @all_or_nothing
    def build_messages(self):
        """Remind the salespeople once; the older messages have been sent by them."""
        pending = self.env["backorder.customer.message"].search(
            [("state", "=", "pending")]
        )
        for message in pending:
            message._process()
        orders = pending.filtered(lambda message: message.state == "proposed").order_id
        for order in orders.filtered(self._is_old):
            self._notify_customer(order)

    def _is_old(self, order):
        since = order.backordered_since
        return since and since < fields.Datetime.now() - NOTIFIED_AFTER

    def _notify_customer(self, order):
        """Send the message that the button opens, without an email."""
        notified = order.backordered_since + NOTIFIED_WITHIN
        action = order.with_user(order.user_id).action_inform_customer()
        with EVENT_DATE.setting(self.env.cr, notified):
            composer = (
                self.env["mail.compose.message"]
                .with_user(order.user_id)
                .with_context(**action["context"], mail_notify_force_send=False)
                .create({})
            )
            composer._action_send_mail()
        sent = order.customer_message_ids.filtered(lambda row: row.state == "sent")
        sent.sudo().date = notified
        self._drop_emails(order)

    def _drop_emails(self, order):
        posted = order.message_ids
        self.env["mail.mail"].sudo().search(
            [("mail_message_id", "in", posted.ids)]
        ).unlink()
