# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class BackorderUncounted(models.TransientModel):
    _inherit = "backorder.uncounted"

    kind = fields.Selection(selection_add=[("expired", "Expired")])
