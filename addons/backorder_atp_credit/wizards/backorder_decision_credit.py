# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderDecision(models.TransientModel):
    """Also show the effect of the order on the credit of its customer."""

    _inherit = "backorder.decision"

    credit_excess = fields.Monetary(related="override_id.credit_excess")
    credit_limit = fields.Monetary(related="order_id.credit_limit")
    credit_used = fields.Monetary(related="order_id.credit_used")
    credit_impact = fields.Monetary(related="order_id.credit_impact")
