# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_limit = fields.Selection(
        related="company_id.backorder_limit", readonly=False
    )
    backorder_limit_qty = fields.Float(
        related="company_id.backorder_limit_qty", readonly=False
    )
    backorder_until = fields.Date(related="company_id.backorder_until", readonly=False)
