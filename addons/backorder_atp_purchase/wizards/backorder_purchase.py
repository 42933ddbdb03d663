# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class BackorderPurchase(models.TransientModel):
    """Proposed emergency purchases, to be confirmed by the user."""

    _name = "backorder.purchase"
    _inherit = "backorder.wizard.mixin"
    _description = "Emergency Purchase"

    line_ids = fields.One2many("backorder.purchase.line", "purchase_id", "To Buy")
    has_obstacles = fields.Boolean(compute="_compute_has_obstacles")
    has_held = fields.Boolean(compute="_compute_has_held")
    can_buy = fields.Boolean(compute="_compute_can_buy")
    can_confirm = fields.Boolean(compute="_compute_can_confirm")

    @api.depends("line_ids.obstacle")
    def _compute_has_obstacles(self):
        for purchase in self:
            purchase.has_obstacles = any(purchase.line_ids.mapped("obstacle"))

    @api.depends("line_ids.held_qty")
    def _compute_has_held(self):
        for purchase in self:
            purchase.has_held = any(purchase.line_ids.mapped("held_qty"))

    @api.depends_context("uid")
    def _compute_can_buy(self):
        self.can_buy = self.env["backorder.supply"]._can_buy()

    @api.depends("line_ids.is_selected", "can_buy")
    def _compute_can_confirm(self):
        for purchase in self:
            purchase.can_confirm = purchase.can_buy and any(
                purchase.line_ids.mapped("is_selected")
            )

    @api.model
    def _open(self, keys):
        """Open the proposal for each ``(product_id, warehouse_id)`` that is short.

        :raise AccessError: for users who are not operators
        :raise UserError: when none of them is short
        """
        supply = self.env["backorder.supply"]
        supply._check_operator()
        needs = [need for need in supply._get_needs_of(keys) if need.shortage > 0]
        if not needs:
            raise UserError(
                self.env._(
                    "There is no shortage: stock or make-to-order supply covers all"
                    " orders."
                )
            )
        purchase = self.create(
            {
                "line_ids": [
                    fields.Command.create(self._prepare_line(supply._propose(need)))
                    for need in needs
                ]
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Emergency Purchase"),
            "res_model": self._name,
            "res_id": purchase.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _prepare_line(self, proposal):
        need = proposal.need
        return {
            "product_id": need.product.id,
            "warehouse_id": need.warehouse.id,
            "shortage_qty": need.shortage,
            "requested_qty": need.requested,
            "ordered_qty": need.ordered,
            "held_qty": need.held,
            "uncovered_qty": need.to_buy,
            "seller_id": proposal.seller.id,
            "quantity": proposal.quantity,
            "obstacle": proposal.obstacle,
            "is_selected": not proposal.obstacle,
        }

    def action_buy(self):
        """Buy the selected lines; see :meth:`backorder.supply.buy`."""
        self.ensure_one()
        lines = self.line_ids.filtered("is_selected")
        if not lines:
            raise UserError(self.env._("Select at least one product to buy."))
        return self.env["backorder.supply"].buy(
            [line._prepare_request() for line in lines]
        )
