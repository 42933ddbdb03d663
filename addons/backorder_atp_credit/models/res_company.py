# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """What follows where an order goes beyond the credit of its customer."""

    _inherit = "res.company"

    credit_policy = fields.Selection(
        [
            ("off", "Show it, nothing else"),
            ("warn", "Confirm it, warn and write it down"),
            ("block", "Let a finance manager decide first"),
        ],
        "An order beyond the limit",
        default="off",
        required=True,
        help="What happens when an order is confirmed that goes beyond the credit limit"
        " of its customer.",
    )
