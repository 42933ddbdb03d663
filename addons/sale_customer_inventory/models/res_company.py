# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    silver_turnover = fields.Monetary(
        "Silver From", default=10000.0, help="Annual turnover without tax."
    )
    gold_turnover = fields.Monetary("Gold From", default=50000.0)
    platinum_turnover = fields.Monetary("Platinum From", default=200000.0)

    @api.constrains("silver_turnover", "gold_turnover", "platinum_turnover")
    def _check_tier_turnover(self):
        for company in self:
            limits = [
                company.silver_turnover,
                company.gold_turnover,
                company.platinum_turnover,
            ]
            if limits != sorted(limits) or limits[0] <= 0:
                raise ValidationError(
                    self.env._(
                        "The turnover for silver must be greater than zero, gold cannot"
                        " be below silver, and platinum cannot be below gold."
                    )
                )

    def _get_customer_tier(self, turnover):
        """Return the tier for an annual ``turnover``."""
        self.ensure_one()
        company = self.sudo()
        for tier in ("platinum", "gold", "silver"):
            if turnover >= company[f"{tier}_turnover"]:
                return tier
        return "bronze"
