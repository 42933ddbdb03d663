# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class PosOrderLine(models.Model):
    """Check lines that are shipped later like those of a sales order."""

    _inherit = "pos.order.line"

    def _launch_stock_rule_from_pos_order_lines(self):
        source = self.order_id._get_pos_source()
        with self.env["backorder.event"]._caused_by(source):
            result = super()._launch_stock_rule_from_pos_order_lines()
            for order, lines in self.grouped("order_id").items():
                order._check_shipped_later(lines)
        return result
