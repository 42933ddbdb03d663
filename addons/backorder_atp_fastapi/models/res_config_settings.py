# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .backorder_webhook import ALLOW_PRIVATE
from .fastapi_endpoint import APP

API_RATE = "backorder_atp_fastapi.requests_per_minute"
DEFAULT_RATE = 600
MAX_RATE = 100_000


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_allow_private_webhooks = fields.Boolean(
        "Webhooks to Private Addresses",
        config_parameter=ALLOW_PRIVATE,
        help="Allow webhooks to send events to addresses of a private network, and"
        " without encryption.",
    )

    backorder_api_rate = fields.Integer(
        "Requests per Minute and Key",
        config_parameter=API_RATE,
        default=DEFAULT_RATE,
        help="Further requests with the same API key are refused until later. Each"
        " server process counts separately.",
    )

    @api.constrains("backorder_api_rate")
    def _check_backorder_api_rate(self):
        if any(not 1 <= record.backorder_api_rate <= MAX_RATE for record in self):
            raise ValidationError(
                self.env._("Requests per minute must be between 1 and %s.", MAX_RATE)
            )

    @api.model
    def _get_backorder_api_rate(self):
        """Return the rate limit of a key; an invalid setting is corrected."""
        stored = self.env["ir.config_parameter"].sudo().get_param(API_RATE)
        try:
            return min(max(1, int(stored or DEFAULT_RATE)), MAX_RATE)
        except ValueError:
            return DEFAULT_RATE

    def action_open_backorder_api(self):
        """Open the interactive description of the API."""
        domain = [("app", "=", APP), ("active", "=", True)]
        endpoint = self.env["fastapi.endpoint"].sudo().search(domain, limit=1)
        if not endpoint:
            raise UserError(
                self.env._("The API is disabled. Unarchive its FastAPI endpoint.")
            )
        return {"type": "ir.actions.act_url", "url": endpoint.docs_url, "target": "new"}
