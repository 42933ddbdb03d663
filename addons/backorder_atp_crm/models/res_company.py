# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    _inherit = "res.company"

    opportunity_min_probability = fields.Float(
        "Minimum Probability (%)",
        default=30.0,
        digits=(5, 2),
        help="No stock is reserved for less likely opportunities.",
    )
    opportunity_reservation_duration = fields.Float(
        "Reserve Stock for Opportunities (Hours)",
        default=168.0,
        help="Stock is released earlier if the expected closing is before. Limited by"
        " the longest reservation.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "opportunity_reservation_duration": HOURS_OF_YEAR,
        }

    @api.constrains("opportunity_min_probability", "opportunity_reservation_duration")
    def _check_opportunity_settings(self):
        for company in self:
            if not 0 <= company.opportunity_min_probability <= 100:
                raise ValidationError(
                    self.env._("The probability must be between 0 and 100 percent.")
                )
            if company.opportunity_reservation_duration <= 0:
                raise ValidationError(
                    self.env._(
                        "The duration for opportunities must be greater than 0 hours."
                    )
                )
