# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderRetry(models.Model):
    """Recheck promised dates when more can be promised."""

    _inherit = "backorder.retry"

    @api.model
    def _enqueue(self, sources):
        rechecks = self.env["backorder.promise.recheck"]
        for key, source in sources.items():
            rechecks._record([key], source)
        return super()._enqueue(sources)
