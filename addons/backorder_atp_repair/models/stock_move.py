# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """Parts added in a repair are delivered to the customer with it."""

    _inherit = "stock.move"

    def _serves_customer(self):
        if self._is_part_of_repair():
            return self.state != "cancel"
        return super()._serves_customer()

    def _get_delivery_sign(self):
        return 1 if self._is_part_of_repair() else super()._get_delivery_sign()

    def _is_part_of_repair(self):
        self.ensure_one()
        return self.repair_line_type == "add" and bool(self.repair_id)
