# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class StockMoveLine(models.Model):
    """Release reserved lots that have expired."""

    _inherit = "stock.move.line"

    @api.model
    def _release_expired(self, company):
        """Release lots that have expired since they were reserved for orders.

        The released orders are enqueued for a retry, which reserves fresh goods. A lot
        that had expired before it was reserved was chosen by hand, and is kept.
        """
        now = fields.Datetime.now()
        lines = self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", ("partially_available", "assigned"))
            & Domain("picked", "=", False)
            & Domain("move_id.sale_line_id", "!=", False)
            & Domain("lot_id.use_expiration_date", "=", True)
            & (
                Domain("lot_id.removal_date", "<=", now)
                | Domain("lot_id.expiration_date", "<=", now)
            )
        ).filtered(
            lambda line: (
                line.create_date < line.lot_id._get_last_moment()
                and line.move_id._takes_promisable_stock(line.location_id)
            )
        )
        with self.env["backorder.event"]._caused_by("expiry"):
            lines.unlink()
