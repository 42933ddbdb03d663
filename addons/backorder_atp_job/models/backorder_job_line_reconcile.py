# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderJobLine(models.Model):
    """The differences found in an order, and their effect on stock."""

    _inherit = "backorder.job.line"

    result = fields.Selection(
        selection_add=[("right", "Correct"), ("repaired", "Repaired")],
        ondelete={"right": "cascade", "repaired": "cascade"},
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    open_qty = fields.Float(
        "To Deliver",
        readonly=True,
        digits="Product Unit",
        help="The quantity that the order still takes from stock, in the products'"
        " units.",
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
