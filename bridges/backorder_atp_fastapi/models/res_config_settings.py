# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .backorder_webhook import ALLOW_PRIVATE


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_allow_private_webhooks = fields.Boolean(
        "Webhooks to Private Addresses",
        config_parameter=ALLOW_PRIVATE,
        help="Whether events may be sent to addresses of a private network, and"
        " without encryption.",
    )
