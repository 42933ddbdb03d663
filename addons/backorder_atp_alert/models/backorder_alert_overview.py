# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderAlert(models.Model):
    """The alerts of the overview: one line for each product."""

    _inherit = "backorder.alert"

    def _get_open_of_product(self):
        """Return the open alerts on the product of this one, oldest first."""
        self.ensure_one()
        return self.search(
            [
                ("state", "=", "open"),
                ("product_id", "=", self.product_id.id),
                ("company_id", "in", self.env.companies.ids),
            ],
            order="opened_date, id",
        )

    def action_open_product_alerts(self):
        """Open the alerts on the product, or the only one."""
        alerts = self._get_open_of_product()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp_alert.backorder_alert_action"
        )
        action["context"] = {}
        if len(alerts) < 2:
            return {
                **action,
                "res_id": self.id,
                "view_mode": "form",
                "views": [(False, "form")],
            }
        return {**action, "domain": [("id", "in", alerts.ids)]}

    def _prepare_overview_line(self):
        types = dict(self._fields["alert_type"]._description_selection(self.env))
        names = [types[alert.alert_type] for alert in self._get_open_of_product()]
        return {
            "title": self.product_id.display_name or self.company_id.name,
            "detail": ", ".join(dict.fromkeys(names)),
            "date": self.opened_date,
            "open": "action_open_product_alerts",
        }
