# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Command


class BackorderSplit(models.TransientModel):
    """The dialog to split an order, with a preview of both orders."""

    _name = "backorder.split"
    _inherit = "backorder.wizard.mixin"
    _description = "Split a Backorder"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    split_lines = fields.Boolean(
        "Divide partially allocated lines",
        default=True,
        help="The allocated quantity ships and the missing quantity stays on"
        " backorder. Otherwise the whole line stays on backorder, with its"
        " reservation.",
    )
    customer_agreed = fields.Boolean("The customer agreed to a partial shipment")
    ship_line_ids = fields.One2many(
        "backorder.split.line",
        "ship_split_id",
        "Stays and Ships",
        compute="_compute_lines",
        store=True,
    )
    backorder_line_ids = fields.One2many(
        "backorder.split.line",
        "backorder_split_id",
        "Moves to the Backorder",
        compute="_compute_lines",
        store=True,
    )
    is_empty = fields.Boolean(compute="_compute_is_empty")

    @api.depends("order_id", "split_lines")
    def _compute_lines(self):
        for wizard in self:
            order = wizard.order_id
            preview = order.get_split_preview(wizard.split_lines) if order else []
            wizard.ship_line_ids = wizard._prepare_lines(preview, "shippable")
            wizard.backorder_line_ids = wizard._prepare_lines(preview, "backordered")

    def _prepare_lines(self, preview, side):
        return [
            Command.clear(),
            *(
                Command.create({"line_id": row["lineId"], "quantity": row[side]})
                for row in preview
                if row[side]
            ),
        ]

    @api.depends("backorder_line_ids")
    def _compute_is_empty(self):
        for wizard in self:
            wizard.is_empty = not wizard.backorder_line_ids

    def action_split(self):
        """Split the order as shown in the preview."""
        order = self.order_id
        result = order.split_backorder(self.customer_agreed, self.split_lines)
        child = order.browse(result["backorderOrderId"])
        return order._get_notification(
            self.env._("%s is split", order.name),
            self.env._("The missing quantities are now on %s."),
            kind="success",
            link=child,
        )
