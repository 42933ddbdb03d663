# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    stock_allocation = fields.Selection(
        [
            ("manual", "By Hand"),
            ("automatic", "When It Gets Here"),
            ("never", "Never"),
        ],
        "Hold Stock",
        default="manual",
        required=True,
        help="Whether opportunities of this stage hold the stock they ask for. When an"
        " opportunity gets to a stage that holds none, what it held is released.",
    )
