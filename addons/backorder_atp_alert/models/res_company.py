# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    """Settings of alerts."""

    _inherit = "res.company"

    backorder_alert_mail = fields.Boolean(
        "Send Alerts",
        default=True,
        help="Notify the responsible users by email and activity when an alert opens."
        " In the monitor phase, alerts are only listed.",
    )
    backorder_persisting_hours = fields.Integer(
        "Persisting After",
        default=48,
        help="Hours until a backorder is escalated to the operations manager.",
    )
    backorder_hold_limit = fields.Integer(
        "Orders on Hold per Week",
        default=5,
        help="An alert opens when more orders than this are put on hold within a week.",
    )
    backorder_notify_hours = fields.Integer(
        "Notify Customers Within",
        default=24,
        help="Hours after an order goes on backorder within which the customer must be"
        " notified.",
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
        """Whether users are notified of alerts; not in the monitor phase."""
        self.ensure_one()
        return self.backorder_alert_mail and self.promise_phase != "dark"
