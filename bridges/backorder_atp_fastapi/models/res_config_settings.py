# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from .backorder_webhook import ALLOW_PRIVATE
from .fastapi_endpoint import APP


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_allow_private_webhooks = fields.Boolean(
        "Webhooks to Private Addresses",
        config_parameter=ALLOW_PRIVATE,
        help="Whether events may be sent to addresses of a private network, and"
        " without encryption.",
    )

    def action_open_backorder_api(self):
        """Open the page that describes the API and lets one try it."""
        domain = [("app", "=", APP), ("active", "=", True)]
        endpoint = self.env["fastapi.endpoint"].sudo().search(domain, limit=1)
        if not endpoint:
            raise UserError(
                self.env._("The API is switched off. Take its endpoint out of archive.")
            )
        return {"type": "ir.actions.act_url", "url": endpoint.docs_url, "target": "new"}
