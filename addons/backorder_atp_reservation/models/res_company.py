# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    _inherit = "res.company"

    soft_reservation_duration = fields.Float(
        "Reserve Stock For (Hours)",
        default=24.0,
        help="How long stock is reserved for a quotation by default.",
    )
    soft_reservation_max_duration = fields.Float(
        "Longest Reservation (Hours)",
        default=168.0,
        help="The longest time for which stock can be reserved, counted from the"
        " creation of the soft reservation; when an operator extends it, from now.",
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
                        "The duration of a soft reservation must be greater than 0"
                        " hours and cannot exceed the longest reservation."
                    )
                )
