# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderJob(models.Model):
    """Stock checks that open alerts."""

    _inherit = "backorder.job"

    @api.model
    def _count_stock(self, company):
        result = super()._count_stock(company)
        self.env["backorder.alert"].sudo()._check_conservation(company)
        return result
