# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Quantities are changed on lines that are done already, too (A3).

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["stock.quant"]._checking_decrements():
            return super().create(vals_list)

    def write(self, vals):
        with self.env["stock.quant"]._checking_decrements():
            return super().write(vals)

    def _free_reservation(self, *args, **kwargs):
        with self.env["backorder.event"]._caused_by(
            self.env._("taken by: %s", self.reference or "")
        ):
            return super()._free_reservation(*args, **kwargs)
