# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    """How backorders are resolved."""

    _inherit = "res.company"

    backorder_purchase_margin = fields.Float(
        "Emergency Purchase Margin",
        default=20.0,
        help="How many percent more than what is short an emergency purchase orders.",
    )
    backorder_auto_purchase = fields.Boolean(
        "Buy What Is Short",
        help="Create emergency purchases by schedule, as requests for quotation.",
    )
    backorder_replenish = fields.Boolean(
        "Buy What Is Below Zero",
        help="Create an emergency purchase when stock is sold below zero.",
    )
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
    backorder_tell_hours = fields.Integer(
        "Customers Told Within",
        default=24,
        help="How many hours after an order fell short its customer is to know.",
    )
    backorder_buyer_id = fields.Many2one(
        "res.users",
        "Purchase Responsible",
        domain="[('share', '=', False)]",
        help="Who is told when what is on its way is not enough.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_purchase_margin": 1000,
            "backorder_persisting_hours": HOURS_OF_YEAR,
            "backorder_hold_limit": 100000,
            "backorder_tell_hours": HOURS_OF_YEAR,
        }

    @api.constrains("backorder_purchase_margin")
    def _check_backorder_purchase_margin(self):
        if any(company.backorder_purchase_margin < 0 for company in self):
            raise ValidationError(
                self.env._("The margin of emergency purchases cannot be negative.")
            )

    @api.constrains(
        "backorder_persisting_hours", "backorder_hold_limit", "backorder_tell_hours"
    )
    def _check_backorder_alerts(self):
        for company in self:
            if (
                min(
                    company.backorder_persisting_hours,
                    company.backorder_hold_limit,
                    company.backorder_tell_hours,
                )
                < 0
            ):
                raise ValidationError(
                    self.env._("Hours and numbers of orders cannot be negative.")
                )

    def _is_alerting(self):
        """Whether somebody is told of alerts: not while only measuring (B9)."""
        self.ensure_one()
        return self.backorder_alert_mail and self.promise_phase != "dark"

    def _get_backorder_buyer(self):
        """Return who buys for this company where no vendor has a buyer, or nobody."""
        self.ensure_one()
        if self.backorder_buyer_id:
            return self.backorder_buyer_id
        return self._get_members("purchase.group_purchase_manager")[:1]
