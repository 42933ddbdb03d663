# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    """What backorders are measured by, and who hears of it."""

    _inherit = "res.company"

    backorder_target_hours = fields.Integer(
        "Resolved Within (Hours)",
        default=24,
        help="The number of hours within which a backorder should be resolved.",
    )
    backorder_target_rate = fields.Float(
        "Fulfilment Rate (%)",
        default=98.0,
        help="The share of orders that should ship without a backorder.",
    )
    backorder_report_mail = fields.Boolean(
        "Monthly Backorder Report",
        help="Send last month's report to the inventory managers.",
    )
    backorder_report_sent = fields.Date(
        "Report Sent For",
        readonly=True,
        copy=False,
        help="The last month that was sent.",
        server_only=True,
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_target_hours": 10 * HOURS_OF_YEAR,
            "backorder_target_rate": 100,
        }

    @api.constrains("backorder_target_hours", "backorder_target_rate")
    def _check_backorder_targets(self):
        for company in self:
            if company.backorder_target_hours < 1:
                raise ValidationError(
                    self.env._("Backorders need at least one hour to be resolved.")
                )
            if not 0 < company.backorder_target_rate <= 100:
                raise ValidationError(
                    self.env._("The fulfilment rate is a percentage up to 100.")
                )
