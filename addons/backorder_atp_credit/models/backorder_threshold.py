# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderThreshold(models.Model):
    """Only finance roles decide on credit, regardless of their limits."""

    _inherit = "backorder.threshold"

    def _allows(self, request):
        return super()._allows(request) and (
            not request.credit_excess or self._decides_on_credit()
        )

    def _decides_on_credit(self):
        finance = self.env.ref("backorder_atp.group_finance_manager")
        return finance in self.group_id | self.group_id.all_implied_ids
