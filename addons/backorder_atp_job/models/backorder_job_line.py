# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderJobLine(models.Model):
    """The result of a job for one order, with the reason."""

    _name = "backorder.job.line"
    _description = "Backorder Job Result"
    _order = "id"
    _rec_name = "order_name"

    job_id = fields.Many2one(
        "backorder.job", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="job_id.company_id", store=True, index=True)
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", index=True
    )
    order_name = fields.Char("Order Number", readonly=True)
    result = fields.Selection(
        [
            ("fulfilled", "Fulfilled"),
            ("backordered", "Still Backordered"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Char("Reason", readonly=True)
