# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_message_delayed = fields.Selection(
        related="company_id.customer_message_delayed", readonly=False
    )
    customer_message_partly_shipped = fields.Selection(
        related="company_id.customer_message_partly_shipped", readonly=False
    )
    customer_message_new_date = fields.Selection(
        related="company_id.customer_message_new_date", readonly=False
    )
    customer_message_available = fields.Selection(
        related="company_id.customer_message_available", readonly=False
    )
    customer_message_resolved = fields.Selection(
        related="company_id.customer_message_resolved", readonly=False
    )
    customer_message_substitutes = fields.Boolean(
        related="company_id.customer_message_substitutes", readonly=False
    )
