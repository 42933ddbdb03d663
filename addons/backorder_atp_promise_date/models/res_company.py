# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.backorder_atp.models.setting_limit_mixin import DAYS_OF_DECADE

PROMISE_DAYS = (
    "promise_late_supply_days",
    "promise_late_supply_offset",
    "promise_late_demand_days",
    "promise_late_demand_offset",
    "promise_gain_days",
    "promise_slip_days",
)


class ResCompany(models.Model):
    """Settings for promised dates."""

    _inherit = "res.company"

    promise_demand_date = fields.Selection(
        [
            ("scheduled", "Scheduled date"),
            ("deadline", "Deadline"),
            ("reservation", "Day of reservation"),
        ],
        string="Demand Counts On",
        default="scheduled",
        required=True,
        help="The day on which open demand is deducted from what can be promised."
        " Reserved quantities are always deducted today.",
    )
    promise_late_supply_days = fields.Integer(
        "Late Receipts Count For",
        default=30,
        help="A receipt that is late by more days than this no longer counts."
        " 0: late receipts do not count at all.",
    )
    promise_late_supply_offset = fields.Integer(
        "Late Receipts Are Expected In",
        default=1,
        help="A late receipt that still counts is expected this many days from today."
        " 0: today.",
    )
    promise_late_demand_days = fields.Integer(
        "Late Deliveries Count For",
        default=730,
        help="A delivery that is late by more days than this, with nothing reserved,"
        " no longer keeps stock from other orders.",
    )
    promise_late_demand_offset = fields.Integer(
        "Late Deliveries Leave In",
        default=0,
        help="A late delivery that still counts takes its stock this many days from"
        " today. 0: today.",
    )
    promise_gain_days = fields.Integer(
        "Minimum Improvement",
        default=1,
        help="A promised date is moved to an earlier day only for a gain of at least"
        " this many days.",
    )
    promise_slip_days = fields.Integer(
        "Tolerated Slip",
        default=0,
        help="The customer is notified when the date is later than the last notified"
        " one by more days than this.",
    )
    promise_show_dates = fields.Boolean(
        "Show Promised Dates to Customers",
        help="Print the promised date of each line on quotations and orders, and show"
        " it in the customer portal.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            **dict.fromkeys(PROMISE_DAYS, DAYS_OF_DECADE),
        }

    @api.constrains(*PROMISE_DAYS)
    def _check_promise_days(self):
        if any(company[name] < 0 for company in self for name in PROMISE_DAYS):
            raise ValidationError(
                self.env._("Days for promised dates must be 0 or more.")
            )
