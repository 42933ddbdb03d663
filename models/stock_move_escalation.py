# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """Orders due for a hold do not get arriving stock."""

    _inherit = "stock.move"

    def _trigger_assign(self):
        self.env["sale.order"]._escalate_short_of(self.product_id)
        return super()._trigger_assign()
