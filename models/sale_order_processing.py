# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..exceptions import OrderValidationError

ITEM_KEYS = (
    "lineId",
    "productId",
    "sku",
    "product",
    "warehouseId",
    "required",
    "available",
    "shortfall",
    "reason",
)


class SaleOrder(models.Model):
    """Confirming an order by an external program: a result, not a dialog."""

    _inherit = "sale.order"

    def process_promise(self):
        """Confirm this order if stock allows, and return the result.

        A shortage is part of the result; the refusal is logged and the order is not
        written otherwise. Calling it again for a confirmed order changes nothing.

        :return: ``{"orderId", "orderNumber", "status", "allocatedItems",
            "unavailableItems", "message"}``, the status one of ``success``,
            ``pending_approval``, ``insufficient_inventory`` and ``error`` (no order to
            be confirmed); allocated is ``{"lineId", "productId", "sku", "product",
            "warehouseId", "location", "quantity"}``, each unavailable item
            ``{"lineId", "productId", "sku", "product", "warehouseId", "required",
            "available", "shortfall", "reason"}``, with quantities in the product's unit
            and ``False`` for missing values
        :raise AccessError: if the user may not confirm the order
        :raise UserError: if Odoo itself refuses the order, e.g. a cancelled one
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "sale":
            return self._get_promise_result()
        try:
            with self.env.cr.savepoint():
                self.action_confirm()
        except OrderValidationError as error:
            return self._prepare_promise_result(
                "insufficient_inventory",
                self._prepare_unavailable_items(error.shortages),
                str(error),
            )
        return self._get_promise_result()

    @api.readonly
    def check_promise(self):
        """Return what :meth:`process_promise` would return now, and write nothing.

        :return: as :meth:`process_promise`
        :raise AccessError: if the user may not read the order
        """
        self.ensure_one()
        self.check_access("read")
        if self.state not in ("draft", "sent"):
            return self._get_promise_result()
        decisions = self.env["promise.decision"]
        demand = self.order_line._get_promise_demand()
        shortages = decisions._find_obstacles(demand, self)
        status = self._get_promise_status(shortages)
        items = self._prepare_unavailable_items(shortages)
        if not self._is_promise_shown():
            items = []
        return self._prepare_promise_result(
            status,
            items,
            decisions._get_message(shortages)
            if status == "insufficient_inventory"
            else self._get_promise_message(
                status, not any(shortage.is_stock_missing for shortage in shortages)
            ),
        )

    def _get_promise_status(self, shortages):
        """Return the status of the order that these shortages lead to."""
        if not shortages:
            return "success"
        decision = self.env["promise.decision"]._decide_order(self, shortages)
        return {
            "refuse": "insufficient_inventory",
            "pending": "pending_approval",
        }.get(decision.outcome, "success")

    # ------------------------------------------------------------------
    # Result
    # ------------------------------------------------------------------

    def _get_promise_result(self):
        """Return the order's result: confirmed, or pending a decision."""
        request = self.sudo().override_ids.filtered(
            lambda request: request.state == "pending"
        )
        if self.sudo().requires_inventory_override:
            status = "pending_approval"
            snapshots = filter(None, request.line_ids.mapped("snapshot"))
            items = [self._prepare_unavailable_item(values) for values in snapshots]
        else:
            status = "success" if self.state == "sale" else "error"
            items = self._prepare_backordered_items()
        return self._prepare_promise_result(
            status, items, self._get_promise_message(status, self._is_only_unplaced())
        )

    def _prepare_promise_result(self, status, items, message):
        return {
            "orderId": self.id,
            "orderNumber": self.name,
            "status": status,
            "allocatedItems": self._prepare_allocated_items(),
            "unavailableItems": items,
            "message": message,
        }

    def _get_promise_message(self, status, is_only_unplaced=False):
        if status == "pending_approval" and is_only_unplaced:
            return self.env._(
                "%s has no warehouse and several are possible. An inventory manager"
                " must decide.",
                self.name,
            )
        return {
            "success": self.env._("%s can be promised.", self.name),
            "pending_approval": self.env._(
                "%s exceeds the stock available to promise. An inventory manager must"
                " decide.",
                self.name,
            ),
            "error": self.env._("%s can no longer be confirmed.", self.name),
        }[status]

    def _is_only_unplaced(self):
        return self.needs_warehouse_approval and not self.needs_stock_approval

    def _prepare_unavailable_items(self, shortages):
        decisions = self.env["promise.decision"]
        return [
            self._prepare_unavailable_item(decisions._prepare_snapshot(shortage))
            for shortage in shortages
        ]

    def _prepare_unavailable_item(self, snapshot):
        return {name: snapshot.get(name, False) for name in ITEM_KEYS}

    def _prepare_allocated_items(self):
        """Return what is reserved for a confirmed order, in the products' units."""
        if self.state != "sale":
            return []
        return [
            {
                "lineId": line.id,
                "productId": line.product_id.id,
                "sku": line.product_id.default_code or False,
                "product": line.product_id.display_name,
                "warehouseId": (line.warehouse_id or self.warehouse_id).id,
                "location": (line.warehouse_id or self.warehouse_id)
                .sudo()
                .lot_stock_id.complete_name,
                "quantity": line.product_uom_id._convert_quantity(
                    line.allocated_qty, line.product_id.uom_id
                ),
            }
            for line in self.order_line
            if line.allocated_qty
        ]

    def _prepare_backordered_items(self):
        """Return what a confirmed order is short of."""
        return [
            {
                "lineId": line.id,
                "productId": line.product_id.id,
                "sku": line.product_id.default_code or False,
                "product": line.product_id.display_name,
                "warehouseId": (line.warehouse_id or self.warehouse_id).id,
                "required": line._get_product_qty(),
                "available": line._get_product_qty() - line.backorder_product_qty,
                "shortfall": line.backorder_product_qty,
                "reason": self.env._("confirmed as a backorder"),
            }
            for line in self.order_line
            if line.backorder_product_qty
        ]
