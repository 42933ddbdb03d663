# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPicking(models.Model):
    """Receipts are compared with their purchases."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self.env["stock.discrepancy"]._record_receipts(self)
        self.purchase_id._end_expediting()
        return result
