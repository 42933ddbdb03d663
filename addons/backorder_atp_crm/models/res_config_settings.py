# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    opportunity_min_probability = fields.Float(
        related="company_id.opportunity_min_probability", readonly=False
    )
    opportunity_reservation_duration = fields.Float(
        related="company_id.opportunity_reservation_duration", readonly=False
    )
