# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderRetry(models.Model):
    """Overdue orders are put on hold before stock is allocated."""

    _inherit = "backorder.retry"

    def _process_batch(self):
        self.env["sale.order"]._escalate_short_of(self.product_id)
        return super()._process_batch()
