# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_portal = fields.Boolean(
        related="company_id.backorder_portal", readonly=False
    )
    backorder_portal_split = fields.Boolean(
        related="company_id.backorder_portal_split", readonly=False
    )
    backorder_portal_cancel = fields.Boolean(
        related="company_id.backorder_portal_cancel", readonly=False
    )
