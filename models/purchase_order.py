# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    is_emergency = fields.Boolean(
        "Emergency Purchase",
        readonly=True,
        copy=False,
        help="Bought because orders wait for it.",
    )
