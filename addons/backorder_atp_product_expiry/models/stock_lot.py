# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

DATE_FIELDS = {"expiration_date", "removal_date"}


class StockLot(models.Model):
    """Backordered orders are retried when the date of a lot changes."""

    _inherit = "stock.lot"

    def write(self, vals):
        result = super().write(vals)
        if DATE_FIELDS & vals.keys():
            self._enqueue_dates()
        return result

    def _enqueue_dates(self):
        """Serialize decisions with the change, and retry backordered orders."""
        quants = self.sudo().quant_ids.filtered("location_id.warehouse_id")
        self.env["stock.promise.guard"]._touch(
            [
                (quant.product_id.id, quant.location_id.warehouse_id.id)
                for quant in quants
            ]
        )
        if quants:
            self.env["backorder.retry"]._enqueue_backordered(
                quants.product_id,
                quants.location_id.warehouse_id,
                f"lot:{', '.join(self[:5].mapped('name'))}",
            )

    def _get_last_moment(self):
        """Return the time until which the goods may be promised."""
        self.ensure_one()
        return min(filter(None, (self.removal_date, self.expiration_date)))
