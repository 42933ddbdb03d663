# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hold_duration = fields.Float(related="company_id.hold_duration", readonly=False)
    hold_max_duration = fields.Float(
        related="company_id.hold_max_duration", readonly=False
    )
