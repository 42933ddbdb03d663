# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """The policy for orders beyond the credit limit."""

    _inherit = "res.company"

    credit_policy = fields.Selection(
        [
            ("off", "Show only"),
            ("warn", "Confirm with a warning"),
            ("block", "Require approval by a finance manager"),
        ],
        "Orders Beyond the Limit",
        default="off",
        required=True,
        help="What happens when an order that exceeds the customer's credit limit is"
        " confirmed.",
    )
