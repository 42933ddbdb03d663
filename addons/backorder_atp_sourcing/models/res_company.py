# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .promise_alternative import RULES


class ResCompany(models.Model):
    """What becomes of lines that are short or late, while they are quoted."""

    _inherit = "res.company"

    promise_alternatives = fields.Selection(
        [
            ("off", "Not looked for"),
            ("ask", "Shown to choose from"),
            ("automatic", "Best warehouse chosen automatically"),
        ],
        "Alternatives",
        default="off",
        required=True,
        help="What is done about a line that is short, or promised later than it is"
        " wanted: nothing; other warehouses, transfers and substitutes are shown; or"
        " the best warehouse is chosen when the quotation is saved and when it is"
        " confirmed. What somebody chose by hand stays.",
    )
    promise_alternative_rule = fields.Selection(
        RULES,
        "Best Alternative",
        default="full",
        required=True,
        help="What makes one alternative better than another. Of what is equally good,"
        " the warehouse of the order comes first.",
    )
    promise_ship_together = fields.Boolean(
        "Ship an Order from One Warehouse",
        help="All lines of an order go to another warehouse together, or none.",
    )
