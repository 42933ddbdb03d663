# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderJobLine(models.Model):
    """What was wrong with an order, and what that means for stock."""

    _inherit = "backorder.job.line"

    result = fields.Selection(
        selection_add=[("right", "Right"), ("repaired", "Repaired")],
        ondelete={"right": "cascade", "repaired": "cascade"},
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    open_qty = fields.Float(
        "To Deliver",
        readonly=True,
        digits="Product Unit",
        help="What the order still takes from stock, in the products' units.",
    )
    open_cost = fields.Monetary("To Deliver, at Cost", readonly=True)
    difference_qty = fields.Float(
        "Shortage Repaired",
        readonly=True,
        digits="Product Unit",
        help="Difference between the actual and the recorded shortage; negative if"
        " less is short.",
    )
    difference_cost = fields.Monetary("Repaired, at Cost", readonly=True)
