# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderReason(models.TransientModel):
    """The dialog for the reason of a hold, a release or a withdrawal."""

    _name = "backorder.reason"
    _inherit = "backorder.wizard.mixin"
    _description = "Backorder Decision"

    operation = fields.Selection(
        [
            ("hold", "Put on Hold"),
            ("release", "Release"),
            ("withdraw", "Withdraw Request"),
            ("undo", "Undo Approval"),
        ],
        required=True,
    )
    order_ids = fields.Many2many("sale.order", string="Orders")
    override_id = fields.Many2one("backorder.override", "Request")
    reason = fields.Char(required=True)

    @api.model
    def _open(self, operation, orders, override=None):
        titles = dict(self._fields["operation"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(operation)s: %(orders)s",
                operation=titles[operation],
                orders=", ".join(orders.mapped("name")),
            ),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_operation": operation,
                "default_order_ids": orders.ids,
                "default_override_id": override.id if override else False,
            },
        }

    def action_hold(self):
        self.order_ids.action_hold(self.reason)

    def action_release(self):
        self.order_ids.action_release_hold(self.reason)

    def action_withdraw(self):
        self.override_id.action_withdraw(self.reason)

    def action_undo(self):
        self.override_id.action_undo(self.reason)
