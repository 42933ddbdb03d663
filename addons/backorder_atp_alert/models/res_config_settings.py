# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of alerts."""

    _inherit = "res.config.settings"

    backorder_alert_mail = fields.Boolean(
        related="company_id.backorder_alert_mail", readonly=False
    )
    backorder_persisting_hours = fields.Integer(
        related="company_id.backorder_persisting_hours", readonly=False
    )
    backorder_hold_limit = fields.Integer(
        related="company_id.backorder_hold_limit", readonly=False
    )
    backorder_notify_hours = fields.Integer(
        related="company_id.backorder_notify_hours", readonly=False
    )
