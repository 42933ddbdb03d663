# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    promise_alternatives = fields.Selection(
        related="company_id.promise_alternatives", readonly=False, required=True
    )
    promise_alternative_rule = fields.Selection(
        related="company_id.promise_alternative_rule", readonly=False, required=True
    )
    promise_ship_together = fields.Boolean(
        related="company_id.promise_ship_together", readonly=False
    )
