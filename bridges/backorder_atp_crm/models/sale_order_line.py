# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("order_id.opportunity_id")
    def _compute_promise_available_qty(self):
        """A quotation that is not saved yet has what its opportunity holds, too (E4).

        Nothing in the database says so until it is saved.
        """
        result = super()._compute_promise_available_qty()
        unsaved = self.filtered(
            lambda line: not line.order_id._origin and line.order_id.opportunity_id
        )
        for order, lines in unsaved.grouped("order_id").items():
            left = order.opportunity_id._origin._get_held_quantities()
            for line in lines.filtered("is_storable"):
                key = (line.product_id._origin, line.warehouse_id._origin)
                held = min(left.get(key, 0.0), line._get_product_qty())
                if held:
                    left[key] -= held
                    line.promise_available_qty += line._to_line_unit(held)
                    line.is_promise_short = (
                        line.product_uom_id.compare(
                            line.product_uom_qty, line.promise_available_qty
                        )
                        > 0
                    )
        return result
