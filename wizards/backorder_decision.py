# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderDecision(models.TransientModel):
    """The dialog to decide on a request, with all relevant figures."""

    _name = "backorder.decision"
    _inherit = "backorder.wizard.mixin"
    _description = "Stock Approval Decision"

    override_id = fields.Many2one("backorder.override", "Request", required=True)
    kind = fields.Selection(related="override_id.kind")
    order_id = fields.Many2one(related="override_id.order_id")
    partner_id = fields.Many2one(related="override_id.partner_id")
    requester_id = fields.Many2one(related="override_id.requester_id")
    request_date = fields.Datetime(related="override_id.request_date")
    currency_id = fields.Many2one(related="override_id.currency_id")
    shortage_value = fields.Monetary(related="override_id.shortage_value")
    max_shortage_percent = fields.Float(related="override_id.max_shortage_percent")
    line_ids = fields.Many2many(
        "backorder.override.line", compute="_compute_lines", string="Short Items"
    )
    explanation = fields.Json(compute="_compute_explanation")
    loser_ids = fields.One2many(
        "backorder.decision.loser",
        "decision_id",
        "Affected Orders",
        compute="_compute_losers",
        store=True,
        readonly=False,
    )
    is_short = fields.Boolean(related="override_id.is_short")
    is_own = fields.Boolean(compute="_compute_limits")
    is_beyond_limits = fields.Boolean(compute="_compute_limits")
    next_role = fields.Char(compute="_compute_limits")
    discrepancy_ids = fields.Many2many(
        "stock.discrepancy", "Open Discrepancies", compute="_compute_discrepancies"
    )
    acknowledged_ids = fields.Many2many(
        "stock.discrepancy",
        domain="[('id', 'in', discrepancy_ids)]",
    )
    reason = fields.Char(required=True)

    @api.depends("override_id")
    def _compute_lines(self):
        for decision in self:
            decision.line_ids = decision.override_id.line_ids.filtered("is_short")

    @api.depends("override_id")
    def _compute_discrepancies(self):
        for decision in self:
            request = decision.override_id
            decision.discrepancy_ids = request._get_open_discrepancies()

    @api.depends("override_id")
    def _compute_explanation(self):
        """Compute the current explanation of each short product."""
        availability = self.env["stock.availability"]
        for decision in self:
            order = decision.override_id.order_id
            excluded = order if decision.kind == "order" else order.browse()
            decision.explanation = [
                part
                for line in decision.line_ids.filtered("warehouse_id")
                for part in availability.explain(
                    line.product_id.id, line.warehouse_id.ids, excluded.id
                )
            ]

    @api.depends("override_id")
    def _compute_losers(self):
        for decision in self:
            decision.loser_ids = [
                fields.Command.create(loser) for loser in decision._prepare_losers()
            ]

    def _prepare_losers(self):
        today = fields.Datetime.now()
        return [
            {
                "order_id": loser["order_id"],
                "product_id": loser["product_id"],
                "lost_qty": loser["lost_qty"],
                "date_before": loser["date_before"]
                or (loser["date_before"] is None and today),
                "date_after": loser["date_after"]
                or (loser["date_after"] is None and today),
            }
            for loser in self.override_id._get_losers()
        ]

    @api.depends("override_id")
    def _compute_limits(self):
        for decision in self:
            request = decision.override_id
            decision.is_own = request._is_own()
            decision.is_beyond_limits = not request._is_within_limits()
            threshold = request._get_deciding_threshold()
            decision.next_role = threshold.group_id.name

    def action_approve(self):
        self.ensure_one()
        order = self.order_id
        result = self.override_id.action_approve(
            self.reason, self.acknowledged_ids.mapped("name")
        )
        if result is not True:  # escalated
            return result
        if self.kind == "increase":
            message = self.env._("%s has the larger quantity now.")
        else:
            message = self.env._("%s is approved and confirmed.")
        return order._get_notification(
            self.env._("Approved"), message, kind="success", link=order
        )

    def action_reject(self):
        self.ensure_one()
        order = self.order_id
        self.override_id.action_reject(self.reason)
        return order._get_notification(
            self.env._("Rejected"),
            self.env._("%s is rejected. The salesperson has been notified."),
            kind="info",
            link=order,
        )


class BackorderDecisionLoser(models.TransientModel):
    """An order that would get less, or later."""

    _name = "backorder.decision.loser"
    _inherit = "backorder.wizard.mixin"
    _description = "Order Affected by an Approval"

    decision_id = fields.Many2one("backorder.decision", ondelete="cascade")
    order_id = fields.Many2one("sale.order")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    product_id = fields.Many2one("product.product")
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lost_qty = fields.Float("Loses", digits="Product Unit")
    date_before = fields.Datetime("Complete On")
    date_after = fields.Datetime("Delayed Until")
