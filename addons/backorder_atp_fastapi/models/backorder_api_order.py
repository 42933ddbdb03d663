# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError

from ..problems import insufficient_inventory


class BackorderApiOrder(models.AbstractModel):
    """Orders: create, change, approve, allocate and split."""

    _name = "backorder.api.order"
    _description = "Backorder HTTP API: Orders"
    _inherit = "backorder.api.order.values"

    # ------------------------------------------------------------------
    # Create and change
    # ------------------------------------------------------------------

    def _create_order(self, payload):
        """Create an order and confirm it if its stock can be promised.

        :raise ApiProblem: when it exceeds what can be promised; it is not created
        """
        order = self._get_creator().create(self._prepare_order_values(payload))
        self._add_unmatched(order, payload)
        if not payload.confirm:
            return self._prepare_result(order, order.check_promise())
        return self._confirm_order(order)

    def _get_creator(self):
        """Return the model of orders for users who may create one: sales or higher.

        Inventory managers have no right to create orders in Odoo. Here they may, with
        the values of :meth:`_prepare_order_values` only.
        """
        orders = self.env["sale.order"]
        is_manager = self.env.user.has_group("backorder_atp.group_inventory_manager")
        if is_manager and not orders.has_access("create"):
            return orders.sudo()
        return orders

    def _confirm_order(self, order):
        result = order.process_promise()
        if result["status"] == "insufficient_inventory":
            raise insufficient_inventory(result["message"], result["unavailableItems"])
        return self._prepare_result(order, result)

    def _update_order(self, order_id, payload):
        """Change an order; additional quantities are checked."""
        order = self._find_order(order_id)
        order.check_access("write")
        values = self._prepare_changes(order, payload)
        if values:
            order.write(values)
        return self._prepare_result(order, order.check_promise())

    # ------------------------------------------------------------------
    # Approve
    # ------------------------------------------------------------------

    def _approve_order(self, order_id, payload):
        """Confirm a draft, or approve an order beyond stock.

        :raise AccessError: if the caller may not do it
        :raise ApiProblem: when the stock of a draft is no longer available
        """
        order = self._find_order(order_id)
        requests = self._get_pending_requests(order)
        if not requests:
            return self._confirm_order(order)
        requests.action_approve(payload.reason, payload.acknowledged_discrepancies)
        return self._prepare_result(order, order.check_promise())

    def _get_pending_requests(self, order):
        return order.override_ids.filtered(lambda request: request.state == "pending")

    # ------------------------------------------------------------------
    # Allocate and split
    # ------------------------------------------------------------------

    def _allocate_order(self, order_id, payload):
        order = self._find_order(order_id)
        answer = order.process_backorders(payload.allow_partial)
        if answer["failed"]:
            raise UserError(answer["failed"][0]["reason"])
        reason = "".join(row["reason"] for row in answer["pending"])
        return self._prepare_outcome(
            order,
            order._get_promise_result()["status"],
            reason or self.env._("%s is allocated.", order.name),
            order._prepare_backordered_items(),
        )

    def _allocate_batch(self, payload):
        """Try to allocate each order separately, in the order of the queue.

        An order that does not exist or is not confirmed fails without affecting others.
        """
        orders = self.env["sale.order"].search(
            [
                ("id", "in", payload.order_ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        confirmed = orders.filtered(lambda order: order.state == "sale")
        answer = confirmed.process_backorders(payload.allow_partial)
        results = [
            *self._prepare_results("fulfilled", answer["fulfilled"]),
            *self._prepare_results("backordered", answer["pending"]),
            *self._prepare_results("failed", answer["failed"]),
            *self._prepare_invalid_results(
                payload.order_ids, orders - confirmed, orders
            ),
        ]
        return self._prepare_batch_result(results)

    def _prepare_results(self, result, rows):
        orders = self.env["sale.order"]
        return [
            {
                "order_id": row["orderId"],
                "order_number": row["orderNumber"],
                "status": self._get_status(orders.browse(row["orderId"])),
                "result": result,
                "reason": row["reason"] or None,
            }
            for row in rows
        ]

    def _prepare_invalid_results(self, order_ids, unconfirmed, found):
        """Return the results of orders that do not exist or are not confirmed."""
        rows = []
        for order in unconfirmed:
            try:
                order._check_fulfillable()
            except UserError as error:
                rows.append(
                    {
                        "orderId": order.id,
                        "orderNumber": order.name,
                        "reason": str(error),
                    }
                )
        missing = [
            {
                "order_id": order_id,
                "order_number": None,
                "status": None,
                "result": "failed",
                "reason": self.env._("Order not found: %s", order_id),
            }
            for order_id in order_ids
            if order_id not in found.ids
        ]
        return self._prepare_results("failed", rows) + missing

    def _prepare_batch_result(self, results):
        counts = {
            name: sum(row["result"] == name for row in results)
            for name in ("fulfilled", "backordered", "failed")
        }
        return {
            "message": self.env._(
                "Batch complete: %(fulfilled)s fulfilled, %(backordered)s still"
                " backordered, %(failed)s failed",
                fulfilled=counts["fulfilled"],
                backordered=counts["backordered"],
                failed=counts["failed"],
            ),
            "processed": len(results),
            "fulfilled": counts["fulfilled"],
            "still_backordered": counts["backordered"],
            "failed": counts["failed"],
            "results": results,
        }

    def _split_order(self, order_id, payload):
        order = self._find_order(order_id)
        result = order.split_backorder(payload.customer_agreed, payload.split_lines)
        return {
            **result,
            "originalStatus": self._get_status(order),
            "shippableItems": self._prepare_items(result["shippableItems"]),
            "backorderedItems": self._prepare_items(result["backorderedItems"]),
        }

    # ------------------------------------------------------------------
    # Responses
    # ------------------------------------------------------------------

    def _prepare_result(self, order, result):
        """Return the order with the result of ``process_promise``."""
        requests = self._get_pending_requests(order)
        status, message = result["status"], result["message"]
        items = result["unavailableItems"]
        if "increase" in requests.mapped("kind"):
            status = "pending_approval"
            message = self.env._(
                "%s keeps its current quantities until the increase is approved.",
                order.name,
            )
            items = [
                order._prepare_unavailable_item(snapshot)
                for snapshot in filter(None, requests.line_ids.mapped("snapshot"))
            ]
        return self._prepare_outcome(order, status, message, items)

    def _prepare_outcome(self, order, status, message, items):
        """Return the order, the result, and its allocated and unavailable items."""
        return {
            **self._prepare_order(order),
            "result": status,
            "message": message,
            "allocated_items": self._prepare_items(order._prepare_allocated_items()),
            "unavailable_items": self._prepare_items(items),
        }

    def _prepare_items(self, items):
        return [
            {name: None if value is False else value for name, value in item.items()}
            for item in items
        ]

    def _prepare_order(self, order):
        return {
            **self._prepare_order_head(order),
            "lines": [
                self._prepare_line(line)
                for line in order.order_line
                if line.product_id and not line.display_type
            ],
            "unmatched_items": [
                {"reference": item.reference, "quantity": item.quantity}
                for item in order.unmatched_line_ids
                if not item.product_id
            ],
            "pending_approvals": [
                {
                    "request_id": request.id,
                    "kind": request.kind,
                    "requested_by": request.requester_id.sudo().name,
                    "value": request.shortage_value,
                }
                for request in self._get_pending_requests(order)
            ],
        }

    def _prepare_order_head(self, order):
        warehouse = order.warehouse_id.sudo()
        return {
            "order_id": order.id,
            "order_number": order.name,
            "status": self._get_status(order),
            "customer_id": order.partner_id.id,
            "customer": order.partner_id.sudo().display_name,
            "customer_reference": order.client_order_ref or None,
            "warehouse_id": warehouse.id or None,
            "warehouse": warehouse.name or None,
            "order_date": self._to_moment(order.date_order),
            "requested_date": self._to_day(order.commitment_date),
            "priority": order.backorder_priority,
            "allow_partial": order.picking_policy == "direct",
            "backordered_since": self._to_moment(order.backordered_since),
            "days_pending": order.backorder_age,
            "hold_reason": order.hold_reason or None,
            "requires_inventory_override": order.requires_inventory_override,
            "original_order_id": order.backorder_parent_id.id or None,
            "currency": order.currency_id.name,
            "amount_untaxed": order.amount_untaxed,
            "amount_total": order.amount_total,
            "shortfall": order.backorder_shortage_qty,
        }

    def _prepare_line(self, line):
        return {
            **self._prepare_item(line),
            "quantity_delivered": line.qty_delivered,
            "unit_price": line.price_unit,
            "subtotal": line.price_subtotal,
        }
