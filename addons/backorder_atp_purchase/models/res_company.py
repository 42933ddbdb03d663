# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Settings for emergency purchases."""

    _inherit = "res.company"

    backorder_purchase_margin = fields.Float(
        "Emergency Purchase Margin",
        default=20.0,
        help="Percentage added to the shortage in emergency purchases.",
    )
    backorder_auto_purchase = fields.Boolean(
        "Buy Shortages Automatically",
        help="Create emergency purchases on a schedule, as requests for quotation.",
    )
    backorder_replenish = fields.Boolean(
        "Replenish Negative Stock Immediately",
        help="Create an emergency purchase as soon as stock is sold below zero.",
    )
    backorder_buyer_id = fields.Many2one(
        "res.users",
        "Purchase Responsible",
        domain="[('share', '=', False)]",
        help="The user who is notified when incoming supply is not enough.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_purchase_margin": 1000,
        }

    @api.constrains("backorder_purchase_margin")
    def _check_backorder_purchase_margin(self):
        if any(company.backorder_purchase_margin < 0 for company in self):
            raise ValidationError(
                self.env._("The margin of emergency purchases cannot be negative.")
            )

    def _get_backorder_buyer(self):
        """Return the default buyer of this company, if any."""
        self.ensure_one()
        if self.backorder_buyer_id:
            return self.backorder_buyer_id
        return self._get_members("purchase.group_purchase_manager")[:1]
