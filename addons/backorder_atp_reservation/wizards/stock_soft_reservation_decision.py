# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockSoftReservationDecision(models.TransientModel):
    """Ask for the reason of a release, or the new expiry of an extension."""

    _name = "stock.soft.reservation.decision"
    _inherit = "backorder.wizard.mixin"
    _description = "Release or Extend Soft Reservations"

    operation = fields.Selection(
        [("release", "Release"), ("extend", "Extend")], required=True
    )
    reservation_ids = fields.Many2many(
        "stock.soft.reservation", string="Soft Reservations", required=True
    )
    reason = fields.Char()
    expiry_date = fields.Datetime("Reserve Until")

    def action_release(self):
        self.reservation_ids.action_release(self.reason)

    def action_extend(self):
        self.reservation_ids.action_extend(self.expiry_date)
