# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    """Whom alerts are sent to, and when."""

    _inherit = "res.company"

    backorder_alert_mail = fields.Boolean(
        "Send Alerts",
        default=True,
        help="Tell those concerned by mail and activity when an alert opens. In the"
        " dark phase alerts are only listed.",
    )
    backorder_persisting_hours = fields.Integer(
        "Persisting After",
        default=48,
        help="After how many hours a backorder is passed on to the operations manager.",
    )
    backorder_hold_limit = fields.Integer(
        "Orders Put on Hold a Week",
        default=5,
        help="More than these raise an alert.",
    )
    backorder_notify_hours = fields.Integer(
        "Customers Told Within",
        default=24,
        help="How many hours after an order fell short its customer is to know.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_persisting_hours": HOURS_OF_YEAR,
            "backorder_hold_limit": 100000,
            "backorder_notify_hours": HOURS_OF_YEAR,
        }

    @api.constrains(
        "backorder_persisting_hours", "backorder_hold_limit", "backorder_notify_hours"
    )
    def _check_backorder_alerts(self):
        for company in self:
            if (
                min(
                    company.backorder_persisting_hours,
                    company.backorder_hold_limit,
                    company.backorder_notify_hours,
                )
                < 0
            ):
                raise ValidationError(
                    self.env._("Hours and numbers of orders cannot be negative.")
                )

    def _is_alerting(self):
        """Whether somebody is told of alerts: not while only measuring."""
        self.ensure_one()
        return self.backorder_alert_mail and self.promise_phase != "dark"
