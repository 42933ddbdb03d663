# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrderLine(models.Model):
    """A confirmed line that grows consumes soft reservations of its customer."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["stock.soft.reservation"]._remembering_consumed():
            return super().create(vals_list)

    def write(self, vals):
        with self.env["stock.soft.reservation"]._remembering_consumed():
            return super().write(vals)
