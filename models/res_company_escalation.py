# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .setting_limit_mixin import DAYS_OF_DECADE


class ResCompany(models.Model):
    _inherit = "res.company"

    backorder_escalation_days = fields.Integer(
        "Put on Hold After (Days)",
        default=30,
        help="Orders that have been backordered for longer than this are put on"
        " hold until a user has reviewed them. 0: never.",
    )

    backorder_escalation_partial = fields.Boolean(
        "Include Partially Allocated Orders",
        help="Also put orders on hold that are partially allocated.",
    )

    def _get_escalated_states(self):
        """Return the states of orders that are put on hold after some days."""
        partial = ("partially_allocated",) if self.backorder_escalation_partial else ()
        return ("backordered", *partial)

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_escalation_days": DAYS_OF_DECADE,
        }

    @api.constrains("backorder_escalation_days")
    def _check_backorder_escalation_days(self):
        if any(company.backorder_escalation_days < 0 for company in self):
            raise ValidationError(
                self.env._(
                    "The days before an order is put on hold must be positive, or 0 for"
                    " never."
                )
            )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_escalation_days = fields.Integer(
        related="company_id.backorder_escalation_days", readonly=False
    )
    backorder_escalation_partial = fields.Boolean(
        related="company_id.backorder_escalation_partial", readonly=False
    )
