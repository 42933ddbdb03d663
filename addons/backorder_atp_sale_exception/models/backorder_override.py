# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderOverride(models.Model):
    _inherit = "backorder.override"

    def _get_unconfirmed_message(self):
        """Tell the approver which rules fail; the request stays pending."""
        if not self.order_id._has_exceptions():
            return super()._get_unconfirmed_message()
        message = self.order_id._get_exception_message()
        advice = self.env._(
            "The request stays pending: approve it once the order is corrected or the"
            " exception is ignored."
        )
        return f"{message} {advice}"
