# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .promise_alternative import RULES


class ResCompany(models.Model):
    """Settings for quotation lines that are short or late."""

    _inherit = "res.company"

    promise_alternatives = fields.Selection(
        [
            ("off", "Do not search"),
            ("ask", "Show alternatives to choose from"),
            ("automatic", "Choose the best warehouse automatically"),
        ],
        "Alternatives",
        default="off",
        required=True,
        help="What to do about a line that is short, or promised later than requested:"
        " nothing; show other warehouses, transfers and substitutes; or choose the"
        " best warehouse when the quotation is saved and when it is confirmed. A"
        " warehouse chosen manually is not changed.",
    )
    promise_alternative_rule = fields.Selection(
        RULES,
        "Best Alternative",
        default="full",
        required=True,
        help="How alternatives are ranked. Among equally good ones, the warehouse of"
        " the order comes first.",
    )
    promise_ship_together = fields.Boolean(
        "Ship an Order from One Warehouse",
        help="The lines of an order are only moved to another warehouse together.",
    )
