# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_run_background_size = fields.Integer(
        related="company_id.backorder_run_background_size", readonly=False
    )
