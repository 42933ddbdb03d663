# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES


class SaleOrderLine(models.Model):
    """Stock in other warehouses for lines that are short."""

    _inherit = "sale.order.line"

    stock_elsewhere = fields.Char(
        "In Other Warehouses",
        compute="_compute_stock_elsewhere",
        help="The quantities that other warehouses can spare.",
    )

    @api.depends("backorder_product_qty", "is_promise_short", "warehouse_id")
    def _compute_stock_elsewhere(self):
        self.stock_elsewhere = False
        lines = self._filter_short()
        products = lines.product_id._origin
        elsewhere = (
            self.env["backorder.supply"]
            .sudo()
            ._get_elsewhere(products, lines.warehouse_id)
        )
        for line in lines:
            key = (line.product_id._origin.id, line.warehouse_id.id)
            line.stock_elsewhere = line._describe_elsewhere(elsewhere.get(key, []))

    def _describe_elsewhere(self, quantities):
        """Return e.g. ``5 Units in Boston, 2 Units in Dallas``."""
        uom = self.product_id.uom_id
        return ", ".join(
            self.env._(
                "%(quantity)g %(unit)s in %(warehouse)s",
                quantity=uom.round(quantity),
                unit=uom.name,
                warehouse=warehouse.name,
            )
            for warehouse, quantity in quantities
        )

    def _filter_short(self):
        """Return the lines that need more than their warehouse has."""
        return self.filtered(
            lambda line: (
                line.warehouse_id
                and (line.backorder_product_qty > 0 or line.is_promise_short)
            )
        )

    def _get_short_keys(self):
        """Return the ``(product_id, warehouse_id)`` these lines are short of."""
        return [
            (product.id, warehouse.id)
            for line in self
            for product, warehouse in line._get_demand_keys()
            if warehouse
        ]

    def action_open_transfer(self):
        """Show stock for these lines in other warehouses, or not counted."""
        lines = self._filter_short()
        return self.env["backorder.transfer"]._open(
            lines._get_short_keys(), lines.order_id
        )

    # ------------------------------------------------------------------
    # Moving lines to another warehouse
    # ------------------------------------------------------------------

    def action_move_to_warehouse(self, warehouse_id):
        """Serve these lines from another warehouse.

        A quotation is only changed. For a confirmed order, the open deliveries are
        cancelled and created again from there, and checked like new demand.

        :param warehouse_id: id of the ``stock.warehouse`` to ship from
        :raise AccessError: for users who are not operators; a quotation may be moved
            by users who may change it
        :raise UserError: when something is reserved or shipped already
        :raise OrderValidationError: when there is not enough stock there
        """
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        self._check_movable(warehouse)
        with self.env["backorder.event"]._caused_by(
            f"move:{','.join(self.order_id[:5].mapped('name'))}"
        ):
            for order, lines in self.sudo().grouped("order_id").items():
                if order.state == "sale":
                    lines._relaunch_from(warehouse)
                else:
                    lines._quote_from(warehouse)
                lines.warehouse_choice = "hand"
                lines._log_move(warehouse)

    def _check_movable(self, warehouse):
        for order in self.order_id:
            if order.state == "sale" or not order.has_access("write"):
                self.env["backorder.supply"]._check_operator()
                order.check_access("read")
        self.env["backorder.supply"]._check_warehouses(warehouse)
        for line in self:
            line._refuse_obstacle(line._get_move_obstacle(warehouse))

    def _refuse_obstacle(self, obstacle):
        """Raise ``obstacle``, a sentence, with the order and the product, if any."""
        if obstacle:
            raise UserError(
                self.env._(
                    "%(order)s, %(product)s: %(obstacle)s",
                    order=self.order_id.name,
                    product=self.product_id.display_name,
                    obstacle=obstacle,
                )
            )

    def _get_move_obstacle(self, warehouse):
        """Return why the line cannot be shipped from there, or False."""
        self.ensure_one()
        line = self.sudo()
        if warehouse.sudo().company_id != line.company_id:
            return self.env._("that warehouse belongs to another company.")
        if line.state == "cancel":
            return self.env._("the order is cancelled.")
        if line.order_id._is_delivery_withheld():
            return self.env._("the order is pending a stock approval.")
        if any(move.state == "done" for move in line.move_ids):
            return self.env._(
                "part of it has already been picked or shipped. Split it off first."
            )
        if any(move.quantity for move in line._get_open_moves()):
            return self.env._(
                "part of it is reserved. Unreserve the delivery, or split it off first."
            )
        return False

    def _get_open_moves(self):
        return self.move_ids.filtered(lambda move: move.state in OPEN_MOVE_STATES)

    def _quote_from(self, warehouse):
        """Set the warehouse of the order, or of the lines if others take stock."""
        order = self.order_id
        others = order.order_line.filtered(lambda line: line._needs_stock()) - self
        if not others:
            order.warehouse_id = warehouse
        self.warehouse_id = warehouse

    def _relaunch_from(self, warehouse):
        """Cancel the open deliveries and launch them again from ``warehouse``."""
        open_moves = self._get_open_moves()
        before = open_moves.location_id.warehouse_id | self.warehouse_id
        self.write({"warehouse_id": warehouse.id})  # checked here
        open_moves._action_cancel()
        order = self.order_id
        locked, order.locked = order.locked, False  # a locked order launches nothing
        self._action_launch_stock_rule()
        order.locked = locked
        self.env["backorder.retry"]._enqueue_backordered(
            self.product_id, before, f"move:{order.name}"
        )

    def _log_move(self, warehouse):
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "supply:order_moved",
                    "order": line.order_id,
                    "product": line.product_id,
                    "warehouse": warehouse,
                    "quantity": line._get_product_qty(),
                    "payload": {"lineId": line.id, "to": warehouse.name},
                }
                for line in self
            ]
        )
