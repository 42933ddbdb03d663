# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderOverview(models.AbstractModel):
    """Alerts that are open."""

    _inherit = "backorder.overview"

    @api.model
    def _get_sections(self):
        return [*super()._get_sections(), self._get_alert_section()]

    def _get_alert_section(self):
        return self._prepare_section(
            "alerts",
            25,
            self.env._("Alerts"),
            "fa-bell",
            self.env["backorder.alert"],
            [("state", "=", "open")],
            "opened_date, id",
            "backorder_atp_alert.backorder_alert_action",
        )
