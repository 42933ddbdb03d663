# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL


class StockAvailability(models.AbstractModel):
    """Receipts are named after their purchase."""

    _inherit = "stock.availability"

    def _get_supply_label(self):
        return SQL(
            """COALESCE((SELECT purchase.name
                           FROM purchase_order_line line
                           JOIN purchase_order purchase ON purchase.id = line.order_id
                          WHERE line.id = move.purchase_line_id), %s)""",
            super()._get_supply_label(),
        )

    def _flush_sources(self):
        self.env["stock.move"].flush_model(["purchase_line_id"])
        return super()._flush_sources()
