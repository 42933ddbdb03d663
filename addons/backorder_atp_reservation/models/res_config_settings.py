# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    soft_reservation_duration = fields.Float(
        related="company_id.soft_reservation_duration", readonly=False
    )
    soft_reservation_max_duration = fields.Float(
        related="company_id.soft_reservation_max_duration", readonly=False
    )
