# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    _inherit = "res.company"

    opportunity_min_probability = fields.Float(
        "Probability From (%)",
        default=30.0,
        digits=(5, 2),
        help="Opportunities that are less likely hold no stock.",
    )
    opportunity_reservation_duration = fields.Float(
        "Hold Stock For Opportunities (Hours)",
        default=168.0,
        help="Unless the opportunity is expected to close before; never longer than the"
        " longest hold.",
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
                    self.env._("A probability is between 0 and 100 percent.")
                )
            if company.opportunity_reservation_duration <= 0:
                raise ValidationError(
                    self.env._("Stock is held for opportunities for more than 0 hours.")
                )
