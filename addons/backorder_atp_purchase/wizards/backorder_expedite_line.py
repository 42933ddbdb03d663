# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderExpediteLine(models.TransientModel):
    _name = "backorder.expedite.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Purchase to Expedite"

    expedite_id = fields.Many2one(
        "backorder.expedite", required=True, ondelete="cascade", index=True
    )
    is_selected = fields.Boolean("Ask", default=True)
    purchase_line_id = fields.Many2one(
        "purchase.order.line", required=True, readonly=True
    )
    product_id = fields.Many2one("product.product", readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    document = fields.Char("Purchase", readonly=True)
    vendor = fields.Char(readonly=True)
    buyer_id = fields.Many2one("res.users", readonly=True)
    quantity = fields.Float("To Receive", digits="Product Unit", readonly=True)
    order_count = fields.Integer("Backordered Orders", readonly=True)
    date = fields.Date("Expected", readonly=True)
    is_late = fields.Boolean(compute="_compute_is_late")
    new_date = fields.Date()

    @api.depends("date")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for line in self:
            line.is_late = bool(line.date) and line.date < today

    def _get_purchases(self):
        """Return the purchase lines, for the user."""
        return self.sudo().purchase_line_id.with_env(self.env)

    def action_open_purchase(self):
        """Open the purchase."""
        self.ensure_one()
        order = self.sudo().purchase_line_id.order_id.with_env(self.env)
        order.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "purchase.order",
            "res_id": order.id,
            "views": [(False, "form")],
        }
