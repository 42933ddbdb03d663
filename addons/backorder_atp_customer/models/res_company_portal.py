# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """Settings of the customer portal."""

    _inherit = "res.company"

    backorder_portal = fields.Boolean(
        "Backordered Items in the Portal",
        help="Customers see their backordered items with the expected dates, and can"
        " confirm that they will wait.",
    )
    backorder_portal_split = fields.Boolean(
        "Customers Can Choose Partial Shipments",
        help="Customers can have available items shipped now; the rest becomes a"
        " separate order.",
    )
    backorder_portal_cancel = fields.Boolean(
        "Customers Can Cancel Backordered Items",
        help="Customers can cancel items that are neither reserved, shipped nor"
        " invoiced.",
    )
