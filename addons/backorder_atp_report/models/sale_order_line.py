# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """Refresh open boards when the shortage of a line changes."""

    _inherit = "sale.order.line"

    def _write_multi(self, vals_list):
        """Refresh open boards when the shortage of a line changes."""
        changed = self.browse(
            line.id
            for line, vals in zip(self, vals_list, strict=True)
            if "backorder_product_qty" in vals and line._is_shortage_shown(vals)
        )
        if changed:
            self.env["backorder.board"]._notify_change(changed.sudo().company_id)
        return super()._write_multi(vals_list)

    def _is_shortage_shown(self, vals):
        """Whether the new shortage, as stored, or the previous one counts."""
        is_short = float(vals["backorder_product_qty"] or 0) > 0
        return is_short or bool(self.sudo().order_id.backordered_since)
