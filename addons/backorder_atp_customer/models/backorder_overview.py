# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderOverview(models.AbstractModel):
    """Messages that failed, or that a salesperson should send."""

    _inherit = "backorder.overview"

    @api.model
    def _get_sections(self):
        return [*super()._get_sections(), self._get_message_section()]

    def _get_message_section(self):
        return self._prepare_section(
            "messages",
            50,
            self.env._("Customers to Notify"),
            "fa-envelope",
            self.env["backorder.customer.message"],
            [("state", "in", ["proposed", "failed"])],
            "id",
            "backorder_atp_customer.backorder_customer_message_action",
        )
