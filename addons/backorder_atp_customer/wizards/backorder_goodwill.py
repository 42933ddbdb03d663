# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Command


class BackorderGoodwill(models.TransientModel):
    """Show the cost of a discount on the backordered items before it is granted."""

    _name = "backorder.goodwill"
    _inherit = "backorder.wizard.mixin"
    _description = "Goodwill Discount"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    percent = fields.Float("Discount (%)", digits="Discount", default=10, required=True)
    reason = fields.Char(required=True)
    has_goodwill = fields.Boolean(compute="_compute_has_goodwill")
    again = fields.Boolean(
        "Grant it again",
        help="Also discount items that already have a goodwill discount, in addition"
        " to the existing one.",
    )
    line_ids = fields.One2many(
        "backorder.goodwill.line",
        "wizard_id",
        "Backordered Items",
        compute="_compute_line_ids",
        store=True,
    )
    amount = fields.Monetary(
        "Discount Amount",
        compute="_compute_amount",
        help="Before taxes, in the order's currency.",
    )

    @api.depends("order_id")
    def _compute_has_goodwill(self):
        for wizard in self:
            backordered = wizard.order_id.order_line.filtered("backorder_qty")
            wizard.has_goodwill = any(backordered.mapped("goodwill_discount"))

    @api.depends("order_id", "again")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(values)
                    for values in wizard.order_id.get_goodwill_preview(wizard.again)
                ),
            ]

    @api.depends("line_ids.subtotal", "percent")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = sum(wizard.line_ids.mapped("subtotal")) * (
                wizard.percent / 100
            )

    def action_apply(self):
        """Grant the discount."""
        self.order_id.action_apply_goodwill(self.percent, self.reason, self.again)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
