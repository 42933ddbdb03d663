# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_open_document(self):
        """Open the wizard directly for an approval activity."""
        self.ensure_one()
        if self.res_model == "backorder.override":
            request = self.env[self.res_model].browse(self.res_id).exists()
            if request.state == "pending" and request.has_access("read"):
                return request.action_open_approval()
        return super().action_open_document()
