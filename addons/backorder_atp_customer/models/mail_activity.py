# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailActivity(models.Model):
    """A reminder that is done or cancelled is no longer proposed."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Record that the customers have been notified."""
        self._get_proposed_messages()._mark_sent()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def unlink(self):
        self._get_proposed_messages()._skip(
            self.env._("%s cancelled the reminder.", self.env.user.name)
        )
        return super().unlink()

    def _get_proposed_messages(self):
        """Return the messages to customers that these activities remind of."""
        return (
            self.env["backorder.customer.message"]
            .sudo()
            .search([("activity_id", "in", self.ids), ("state", "=", "proposed")])
        )
