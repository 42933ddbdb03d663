# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .backorder_policy_mixin import INCOMING


class ResCompany(models.Model):
    """Backorders up to the incoming quantity."""

    _inherit = "res.company"

    backorder_limit = fields.Selection(
        selection_add=INCOMING, ondelete={"incoming": "set default"}
    )
