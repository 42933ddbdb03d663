# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    _inherit = "res.company"

    soft_reservation_duration = fields.Float(
        "Hold Stock For (Hours)",
        default=24.0,
        help="How long stock is held for a quotation, unless somebody says otherwise.",
    )
    soft_reservation_max_duration = fields.Float(
        "Longest Hold (Hours)",
        default=168.0,
        help="Beyond this, nobody holds stock. Extensions count from when the hold was"
        " made; those by operators from today.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "soft_reservation_duration": HOURS_OF_YEAR,
            "soft_reservation_max_duration": HOURS_OF_YEAR,
        }

    @api.constrains("soft_reservation_duration", "soft_reservation_max_duration")
    def _check_soft_reservation_duration(self):
        for company in self:
            if (
                not 0
                < company.soft_reservation_duration
                <= company.soft_reservation_max_duration
            ):
                raise ValidationError(
                    self.env._(
                        "Stock is held for more than 0 hours, and no longer than the"
                        " longest hold."
                    )
                )
