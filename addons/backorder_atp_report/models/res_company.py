# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import HOURS_OF_YEAR

#: Targets that are percentages.
TARGET_RATES = (
    "backorder_target_rate",
    "backorder_target_fill_rate",
    "backorder_target_promise_rate",
)


class ResCompany(models.Model):
    """Targets of backorders, and the monthly report."""

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
    backorder_target_fill_rate = fields.Float(
        "Line Fill Rate (%)",
        default=95.0,
        help="The share of lines that should ship in full by the requested day.",
    )
    backorder_target_promise_rate = fields.Float(
        "Promises Kept (%)",
        default=95.0,
        help="The share of lines that should ship in full by the day first promised.",
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
            "backorder_target_fill_rate": 100,
            "backorder_target_promise_rate": 100,
        }

    @api.constrains("backorder_target_hours", *TARGET_RATES)
    def _check_backorder_targets(self):
        for company in self:
            if company.backorder_target_hours < 1:
                raise ValidationError(
                    self.env._(
                        "The target for resolving backorders must be at least one hour."
                    )
                )
            for name in TARGET_RATES:
                if not 0 < company[name] <= 100:
                    raise ValidationError(
                        self.env._(
                            "The target %s must be greater than 0 and at most 100.",
                            self._fields[name]._description_string(self.env),
                        )
                    )
