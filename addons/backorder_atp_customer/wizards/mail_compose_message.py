# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..models.backorder_customer_message import MESSAGE_KINDS


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        """Record the messages that users send to customers."""
        result = super()._action_send_mail(auto_commit=auto_commit)
        for composer in self.filtered(lambda composer: composer.model == "sale.order"):
            kind = composer._get_customer_message_kind()
            # automatic messages have a record already
            if kind and not self.env.su:
                orders = self.env["sale.order"].browse(composer._evaluate_res_ids())
                orders.check_access("write")
                self.env["backorder.customer.message"]._record_notified(kind, orders)
        return result

    def _get_customer_message_kind(self):
        """Return the type of message of this composer's template, if any."""
        xmlid = self.sudo().template_id.get_external_id().get(self.template_id.id, "")
        module, _dot, name = xmlid.partition(".")
        kinds = {f"mail_template_{kind}": kind for kind, _label in MESSAGE_KINDS}
        return kinds.get(name) if module == "backorder_atp_customer" else None
