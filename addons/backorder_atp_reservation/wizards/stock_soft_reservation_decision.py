# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class StockSoftReservationDecision(models.TransientModel):
    """Ask why a hold is released, or until when it is extended."""

    _name = "stock.soft.reservation.decision"
    _inherit = "backorder.wizard.mixin"
    _description = "Stock Hold Decision"

    operation = fields.Selection(
        [("release", "Release"), ("extend", "Extend")], required=True
    )
    reservation_ids = fields.Many2many(
        "stock.soft.reservation", string="Holds", required=True
    )
    reason = fields.Char()
    expiry_date = fields.Datetime("Hold Until")

    @api.model
    def _open(self, operation, holds):
        titles = dict(self._fields["operation"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(operation)s: %(holds)s",
                operation=titles[operation],
                holds=", ".join(holds.mapped("name")),
            ),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_operation": operation,
                "default_reservation_ids": holds.ids,
                "default_expiry_date": max(holds.mapped("expiry_date"), default=False),
            },
        }

    def action_release(self):
        self.reservation_ids.action_release(self.reason)

    def action_extend(self):
        self.reservation_ids.action_extend(self.expiry_date)
