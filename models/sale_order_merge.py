# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from .stock_availability_source import OPEN_MOVE_STATES


class SaleOrder(models.Model):
    """Merging a backorder order back into the one it was split off from."""

    _inherit = "sale.order"

    is_backorder_mergeable = fields.Boolean(compute="_compute_is_backorder_mergeable")

    @api.depends(
        "state",
        "hold_since",
        "backorder_parent_id.state",
        "backorder_parent_id.hold_since",
        "backorder_child_count",
        "override_ids.state",
        "backorder_parent_id.override_ids.state",
        "order_line.move_ids.state",
        "order_line.move_ids.picked",
        "order_line.invoice_lines",
    )
    def _compute_is_backorder_mergeable(self):
        for order in self:
            order.is_backorder_mergeable = not order._get_merge_obstacle()

    def merge_backorder(self):
        """Move everything back to the original order, and cancel this one.

        :return: a notification, followed by the action that shows the original order
        :raise AccessError: if the user is not an operator or may not read both
        :raise UserError: when this order was not split off, when a part of it is
            delivered, invoiced or being picked, when it or the original is
            cancelled, on hold, or needs approval, and when a part of it was split
            off again
        """
        self._check_existence()
        self._check_operator()
        self._check_one_order()
        parent = self.backorder_parent_id
        parent.check_access("read")
        (self | parent)._lock_orders()
        self._check_mergeable()
        with self.env["backorder.event"]._caused_by(f"merge:{self.env.user.login}"):
            self.sudo()._merge_into_parent()
        notification = self._get_notification(
            self.env._("%s is merged back", self.name),
            self.env._("Its items are on %s again.", parent.name),
            kind="success",
        )
        notification["params"]["next"] = self._get_order_action(parent)
        return notification

    def _check_mergeable(self):
        obstacle = self._get_merge_obstacle()
        if obstacle:
            raise UserError(
                self.env._(
                    "%(order)s cannot be merged back: %(reason)s",
                    order=self.name,
                    reason=obstacle,
                )
            )

    def _get_merge_obstacle(self):
        """Return why this order cannot be merged, or False."""
        order = self.sudo()
        parent = order.backorder_parent_id
        if not parent:
            return self.env._("it was not split off from another order.")
        moves = order.order_line.move_ids
        obstacles = [
            (order.state != "sale", self.env._("it is not a confirmed order.")),
            (
                parent.state != "sale",
                self.env._("the original order is no longer confirmed."),
            ),
            (
                order.hold_since or parent.hold_since,
                self.env._("one of the orders is on hold. Release it first."),
            ),
            (
                order.requires_inventory_override or parent.requires_inventory_override,
                self.env._("one of the orders has a pending stock approval."),
            ),
            (
                order._get_live_children(),
                self.env._("part of it was split off again. Merge that order first."),
            ),
            (
                order.invoice_ids.filtered(lambda invoice: invoice.state != "cancel"),
                self.env._("it is invoiced."),
            ),
            (
                any(line.qty_delivered for line in order.order_line)
                or any(move.state == "done" for move in moves),
                self.env._("part of it has already been delivered or shipped."),
            ),
            (
                any(picking.printed for picking in moves.picking_id)
                or any(moves.mapped("picked")),
                self.env._("it is being picked."),
            ),
        ]
        return next((reason for is_met, reason in obstacles if is_met), False)

    # ------------------------------------------------------------------
    # Moving back
    # ------------------------------------------------------------------

    def _merge_into_parent(self):
        parent = self.backorder_parent_id
        items = self.order_line._get_split_items()
        lines = self.order_line.filtered(lambda line: not line.display_type)
        moves = lines.move_ids.filtered(lambda move: move.state in OPEN_MOVE_STATES)
        locked, parent.locked = parent.locked, False
        demand = lines._get_demand_by_key()
        with (
            parent._inheriting_age(self.backordered_since),
            self.env["promise.decision"]._moving(demand),
        ):
            lines._move_back(parent)
            moves._hand_over_to(parent)
            moves._merge_moves()
        parent.locked = locked
        parent.hold_clock_since = max(
            filter(None, (parent.hold_clock_since, self.hold_clock_since)),
            default=False,
        )
        self._close_merged()
        self._finish_merge(items)

    def _close_merged(self):
        """Cancel this empty order; the reason is in its chatter."""
        self.locked = False
        self.with_context(disable_cancel_warning=True)._action_cancel()
        self.order_line.unlink()

    def _finish_merge(self, items):
        parent = self.backorder_parent_id
        self.env["backorder.event"]._log(
            "order:merged",
            order=parent,
            payload={
                "originalOrderId": parent.id,
                "originalOrderNumber": parent.name,
                "originalStatus": parent.backorder_state,
                "backorderOrderId": self.id,
                "backorderOrderNumber": self.name,
                "mergedItems": items,
            },
        )
        parent.message_post(
            body=self.env._(
                "%s was merged back into this order.", self._get_html_link()
            )
        )
        self.message_post(
            body=self.env._(
                "Merged back into %s. This order is empty now.", parent._get_html_link()
            )
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_demand_by_key(self):
        """Return the demand of these lines, ``{(product, warehouse): quantity}``."""
        demand = {}
        for _line, product, warehouse, quantity in self._get_promise_demand():
            key = (product, warehouse)
            demand[key] = demand.get(key, 0.0) + quantity
        return demand

    def _move_back(self, order):
        """Move these lines back: into their original lines, or as they are."""
        parts = self.filtered(lambda line: line._is_part_of_line_in(order))
        for line in parts:
            origin = line.backorder_origin_line_id
            line.move_ids.sale_line_id = origin
            origin._set_agreed_qty(origin.product_uom_qty + line.product_uom_qty)
        rest = self - parts
        rest._move_to(order)
        rest._unfix_amounts()

    def _is_part_of_line_in(self, order):
        """Whether the original line still exists, on the same terms."""
        origin = self.backorder_origin_line_id
        names = ("product_id", "product_uom_id", "price_unit", "discount", "tax_ids")
        return origin.order_id == order and all(
            self[name] == origin[name] for name in names
        )
