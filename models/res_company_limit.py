# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .backorder_policy_mixin import LIMIT_FIELDS, LIMITS


class ResCompany(models.Model):
    """How far a company allows backorders by default."""

    _inherit = "res.company"

    backorder_limit = fields.Selection(
        LIMITS,
        default="none",
        required=True,
        help="How far products may be promised beyond stock, unless they have their own"
        " setting.",
    )
    backorder_limit_qty = fields.Float(
        "Backorder Limit Quantity",
        digits="Product Unit",
        help="How much of a product may be promised beyond stock in one warehouse.",
    )
    backorder_until = fields.Date(
        "Backorders Allowed Until",
        help="The last day on which products may be promised beyond stock.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_limit_qty": 1_000_000_000,
        }

    @api.constrains("backorder_limit_qty")
    def _check_backorder_limit_qty(self):
        if any(company.backorder_limit_qty < 0 for company in self):
            raise ValidationError(self.env._("A backorder limit cannot be negative."))

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LIMIT_FIELDS.keys():
            self._enqueue_backorders()
        return result
