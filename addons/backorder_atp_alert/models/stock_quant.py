# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models


class StockQuant(models.Model):
    """Open an alert immediately for stock sold below zero."""

    _inherit = "stock.quant"

    @api.model
    def _handle_backordered(self, rows):
        result = super()._handle_backordered(rows)
        keys = defaultdict(set)
        for row in rows:
            location = self.env["stock.location"].browse(row["location_id"])
            if warehouse := location.warehouse_id:
                keys[warehouse.company_id.sudo()].add((row["product_id"], warehouse.id))
        for company, own in keys.items():
            self.env["backorder.alert"].sudo()._open_now(company, own)
        return result
