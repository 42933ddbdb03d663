# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderRetry(models.Model):
    """Whatever raises what can be promised may move promises."""

    _inherit = "backorder.retry"

    @api.model
    def _enqueue(self, sources):
        notes = self.env["backorder.promise.recheck"]
        for key, source in sources.items():
            notes._record([key], source)
        return super()._enqueue(sources)
