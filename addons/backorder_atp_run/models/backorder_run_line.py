# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .backorder_run_segment import STRATEGIES


class BackorderRunLine(models.Model):
    """Result of a run for one delivery of an order line, written by the server."""

    _name = "backorder.run.line"
    _description = "Backorder Run Line"
    _order = "run_id, outcome desc, id"
    _rec_name = "sale_line_id"

    run_id = fields.Many2one(
        "backorder.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment_id = fields.Many2one("backorder.run.segment", ondelete="set null")
    strategy = fields.Selection(STRATEGIES)
    move_id = fields.Many2one("stock.move", "Delivery", ondelete="cascade", index=True)
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order Line", ondelete="cascade", index=True
    )
    order_id = fields.Many2one("sale.order", ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    product_id = fields.Many2one("product.product", ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="cascade")
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    place = fields.Integer(help="The order in which the run serves the lines.")
    quantity = fields.Float("To Deliver", digits="Product Unit")
    wanted_date = fields.Date("Requested")
    old_reserved = fields.Float("Reserved Before", digits="Product Unit")
    new_reserved = fields.Float("Reserved After", digits="Product Unit")
    old_date = fields.Date("Ready Before", help="When everything is available now.")
    new_date = fields.Date(
        "Ready After", help="When everything is available after this run."
    )
    outcome = fields.Selection(
        [("better", "Better"), ("same", "Same"), ("worse", "Worse")]
    )
    is_moving = fields.Boolean(
        "Changes",
        compute="_compute_is_moving",
        store=True,
        help="The run changes its date or its reservation.",
    )
    is_exception = fields.Boolean(
        "Exception", help="The strategy failed for this line."
    )
    is_firm = fields.Boolean("Firm")
    is_recalculated = fields.Boolean(
        "Recalculated",
        help="Stock, receipts or demand have changed since the simulation.",
    )
    reason = fields.Char()
    value = fields.Monetary(help="The quantity to deliver, at its price.")
    compared_reserved = fields.Float(
        "Reserved in the Other Run", compute="_compute_compared", digits="Product Unit"
    )
    compared_date = fields.Date("Ready in the Other Run", compute="_compute_compared")
    compared_outcome = fields.Selection(
        [("better", "Better"), ("same", "Same"), ("worse", "Worse")],
        "Outcome in the Other Run",
        compute="_compute_compared",
    )

    @api.depends("run_id.compared_run_id.line_ids")
    def _compute_compared(self):
        for run, lines in self.grouped("run_id").items():
            others = {line.move_id: line for line in run.compared_run_id.line_ids}
            for line in lines:
                other = others.get(line.move_id, self.browse())
                line.compared_reserved = other.new_reserved
                line.compared_date = other.new_date
                line.compared_outcome = other.outcome

    @api.depends("outcome", "old_reserved", "new_reserved")
    def _compute_is_moving(self):
        for line in self:
            uom = line.product_id.uom_id
            line.is_moving = line.outcome != "same" or bool(
                uom.compare(line.old_reserved, line.new_reserved)
            )
