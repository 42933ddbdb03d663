# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .backorder_demo import all_or_nothing


class BackorderDemoAlert(models.AbstractModel):
    _name = "backorder.demo.alert"
    _inherit = "backorder.demo"
    _description = "Backorder Demo Alerts"

    @api.model
    @api.private
    @all_or_nothing
    def build_alerts(self):
        """Open the alerts once, like the scheduled action."""
        company = self.env.ref("base.main_company")
        self.env["backorder.alert"]._update(company)
        alerts = self.env["backorder.alert"].search([("company_id", "=", company.id)])
        self.env["mail.mail"].search(
            [("model", "=", alerts._name), ("res_id", "in", alerts.ids)]
        ).unlink()
