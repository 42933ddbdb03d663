# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_covered_by_line(self):
        """Do not log temporary deliveries of Odoo in the monitor phase.

        A settled order plans a delivery of the quantity sold at the point of sale,
        which is cancelled afterwards.
        """
        return super()._is_covered_by_line() or (
            self.company_id.sudo().promise_phase == "dark" and self._is_covered_by_pos()
        )

    def _is_covered_by_pos(self):
        line = self.sale_line_id.sudo()
        missing = [part[1:] for part in line._get_missing_parts()]
        handed_over = line._get_promise_components(line._get_pos_quantity())
        total = sum(
            quantity
            for product, quantity in [*missing, *handed_over]
            if product == self.product_id
        )
        return self.product_id.uom_id.compare(self._get_demand_qty(), total) <= 0
