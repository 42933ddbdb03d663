# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPromiseGuard(models.AbstractModel):
    """Recheck promised dates when less can be promised."""

    _inherit = "stock.promise.guard"

    def _claim(self, quantities):
        result = super()._claim(quantities)
        self._record_recheck(quantities)
        return result

    def _touch(self, keys):
        result = super()._touch(keys)
        self._record_recheck(keys)
        return result

    def _record_recheck(self, keys):
        if keys:
            self.env["backorder.promise.recheck"]._record(set(keys), is_demand=True)
