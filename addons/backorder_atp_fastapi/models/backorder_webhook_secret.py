# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderWebhookSecret(models.AbstractModel):
    """A new secret, shown once and not stored, like Odoo's API keys."""

    _name = "backorder.webhook.secret"
    _description = "Webhook Secret"

    # needed by the onchange that fills in the secret
    id = fields.Id()
    secret = fields.Char(readonly=True)
