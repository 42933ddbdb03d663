# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderTransferLine(models.TransientModel):
    _name = "backorder.transfer.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Stock Elsewhere"

    transfer_id = fields.Many2one(
        "backorder.transfer", required=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse", "Missing In", required=True, readonly=True
    )
    source_id = fields.Many2one(
        "stock.warehouse", "Available In", required=True, readonly=True
    )
    shortage_qty = fields.Float(
        "Beyond Stock",
        digits="Product Unit",
        readonly=True,
        help="Demand beyond stock from orders, including those on hold, and from"
        " transfers without an order.",
    )
    uncovered_qty = fields.Float(
        "Uncovered",
        digits="Product Unit",
        readonly=True,
        help="The shortage that is not on order yet.",
    )
    spare_qty = fields.Float(
        "Can Spare",
        digits="Product Unit",
        readonly=True,
        help="What that warehouse can promise beyond its own demand and safety stock.",
    )
    quantity = fields.Float("To Transfer", digits="Product Unit")
    route_id = fields.Many2one(
        "stock.route", compute="_compute_route_id", compute_sudo=True
    )
    can_move = fields.Boolean(compute="_compute_can_move")

    @api.depends("source_id", "warehouse_id")
    def _compute_route_id(self):
        for line in self:
            line.route_id = line.warehouse_id._get_resupply_route(line.source_id)

    @api.depends("transfer_id.order_ids", "product_id", "spare_qty")
    def _compute_can_move(self):
        """Whether the warehouse has all that the orders need."""
        for line in self:
            lines = line._get_movable_lines()
            demand = sum(
                quantity
                for _line, product, _warehouse, quantity in lines._get_promise_demand()
                if product == line.product_id
            )
            line.can_move = 0 < demand <= line.spare_qty

    def _get_movable_lines(self):
        """Return the short lines of the orders for this product."""
        return self.transfer_id.order_ids.order_line._filter_short().filtered(
            lambda line: (
                self.product_id
                in [product for product, _warehouse in line._get_demand_keys()]
            )
        )

    def action_move_order(self):
        """Ship the orders from the warehouse that has the stock."""
        self.ensure_one()
        self._get_movable_lines().action_move_to_warehouse(self.source_id.id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _prepare_request(self):
        """Return the request for :meth:`backorder.supply.transfer`."""
        return {
            "product_id": self.product_id.id,
            "source_id": self.source_id.id,
            "warehouse_id": self.warehouse_id.id,
            "quantity": self.quantity,
            "uncovered": self.uncovered_qty,
        }
