# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class StockQuant(models.Model):
    """Trigger emergency purchases for negative stock, by the setting."""

    _inherit = "stock.quant"

    @api.model
    def _handle_backordered(self, rows):
        result = super()._handle_backordered(rows)
        locations = self.env["stock.location"].browse(
            row["location_id"] for row in rows
        )
        companies = locations.warehouse_id.company_id.sudo()
        if any(companies.mapped("backorder_replenish")):
            self.env.ref("backorder_atp_purchase.ir_cron_buy").sudo()._trigger()
        return result
