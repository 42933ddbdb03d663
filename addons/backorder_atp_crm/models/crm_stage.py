# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    stock_allocation = fields.Selection(
        [
            ("manual", "Manually"),
            ("automatic", "Automatically"),
            ("never", "Never"),
        ],
        "Reserve Stock",
        default="manual",
        required=True,
        help="Whether stock can be reserved for opportunities in this stage, or is"
        " reserved automatically when they reach it. In a stage with Never, reserved"
        " stock is released.",
    )
