# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .backorder_customer_message import INFORM_ACTIVITY


class BackorderCustomerMessage(models.Model):
    """The activity that reminds a salesperson to notify the customer."""

    _inherit = "backorder.customer.message"

    activity_id = fields.Many2one(
        "mail.activity",
        "Reminder",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    def _propose(self, note=False):
        """Remind the salesperson to notify the customer, instead of earlier reminders.

        An order has one reminder at most: the message it opens is the one that is true.
        """
        self._get_open_reminders(self.order_id)._withdraw(
            self.env._("Replaced by a later reminder.")
        )
        activity = self.order_id.activity_schedule(
            INFORM_ACTIVITY, **self._prepare_reminder(note)
        )
        self.write({"state": "proposed", "note": note, "activity_id": activity.id})

    def _prepare_reminder(self, note):
        order = self.order_id
        user = order.user_id or order.company_id._get_backorder_responsible()
        env = self.with_context(lang=user.lang or self.env.lang).env
        kinds = dict(self._fields["kind"]._description_selection(env))
        return {
            "user_id": user.id or self.env.uid,
            "summary": env._("Notify the customer: %s", kinds[self.kind]),
            "note": note or "",
        }

    @api.model
    def _get_open_reminders(self, orders):
        return self.sudo().search(
            [("order_id", "in", orders.ids), ("state", "=", "proposed")]
        )

    @api.model
    def _withdraw_untrue(self, orders):
        """Withdraw the reminders of ``orders`` about a delay that has ended."""
        reminders = self._get_open_reminders(orders)
        reminders.filtered(
            lambda message: not message.order_id._is_customer_message_true(message.kind)
        )._withdraw(self.env._("The order has changed in the meantime."))

    def _withdraw(self, reason):
        activities = self.activity_id
        self._skip(reason)
        activities.unlink()
