# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

INCOMING = [("incoming", "Up to the incoming quantity")]


class BackorderPolicyMixin(models.AbstractModel):
    """Backorders up to the incoming quantity."""

    _inherit = "backorder.policy.mixin"

    backorder_limit = fields.Selection(
        selection_add=INCOMING, ondelete={"incoming": "set default"}
    )
