# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_target_hours = fields.Integer(
        related="company_id.backorder_target_hours", readonly=False
    )
    backorder_target_rate = fields.Float(
        related="company_id.backorder_target_rate", readonly=False
    )
    backorder_target_fill_rate = fields.Float(
        related="company_id.backorder_target_fill_rate", readonly=False
    )
    backorder_target_promise_rate = fields.Float(
        related="company_id.backorder_target_promise_rate", readonly=False
    )
    backorder_report_mail = fields.Boolean(
        related="company_id.backorder_report_mail", readonly=False
    )
