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
        """Return one line for each product, whatever the number of its alerts."""
        section = self._prepare_section(
            "alerts",
            25,
            self.env._("Alerts"),
            "fa-bell",
            self.env["backorder.alert"],
            [("id", "in", self._get_first_alerts().ids)],
            "opened_date, id",
            "backorder_atp_alert.backorder_alert_action",
        )
        return {**section, "domain": [("state", "=", "open")]}

    def _get_first_alerts(self):
        """Return the oldest open alert of each product."""
        alerts = self.env["backorder.alert"]
        if not alerts.has_access("read"):
            return alerts
        opened = alerts.search([("state", "=", "open")], order="opened_date, id")
        return alerts.union(
            *(group[:1] for group in opened.grouped("product_id").values())
        )
