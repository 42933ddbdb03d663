# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class BackorderRetry(models.Model):
    """A pass leaves out who has waited too long, as of now."""

    _inherit = "backorder.retry"

    def _process_batch(self):
        self.env["sale.order"]._escalate_waiting_for(self.product_id)
        return super()._process_batch()
