# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """What customers see and decide in the portal."""

    _inherit = "res.company"

    backorder_portal = fields.Boolean(
        "Waiting Items in the Portal",
        help="Customers see what waits, since when and the expected date, and may say"
        " that they wait.",
    )
    backorder_portal_split = fields.Boolean(
        "Customers Accept Partial Shipments",
        help="Customers may have shipped what is ready; the rest becomes an order of"
        " its own.",
    )
    backorder_portal_cancel = fields.Boolean(
        "Customers Cancel What Waits",
        help="Customers may cancel what is neither reserved, shipped nor invoiced.",
    )
