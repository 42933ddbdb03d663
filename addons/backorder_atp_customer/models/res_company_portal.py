# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """What customers see and decide in the portal."""

    _inherit = "res.company"

    backorder_portal = fields.Boolean(
        "Waiting Items in the Portal",
        help="Customers see the items on backorder, since when, and the expected"
        " date, and can confirm that they will wait.",
    )
    backorder_portal_split = fields.Boolean(
        "Customers Accept Partial Shipments",
        help="Customers can have available items shipped now; the rest becomes a"
        " separate order.",
    )
    backorder_portal_cancel = fields.Boolean(
        "Customers Cancel What Waits",
        help="Customers can cancel items that are neither reserved, shipped nor"
        " invoiced.",
    )
