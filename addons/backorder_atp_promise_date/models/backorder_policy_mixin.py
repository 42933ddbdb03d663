# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

INCOMING = [("incoming", "Up to what is on its way")]


class BackorderPolicyMixin(models.AbstractModel):
    """Backorders up to what is on its way."""

    _inherit = "backorder.policy.mixin"

    backorder_limit = fields.Selection(
        selection_add=INCOMING, ondelete={"incoming": "set default"}
    )
