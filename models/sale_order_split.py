# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sale_order import BACKORDERED_STATES


class SaleOrder(models.Model):
    """Splitting backordered items off an order, so that the rest can ship."""

    _inherit = "sale.order"

    backorder_parent_id = fields.Many2one(
        "sale.order",
        "Original Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The order from which this one was split off.",
        server_only=True,
    )
    backorder_child_ids = fields.One2many(
        "sale.order",
        "backorder_parent_id",
        "Backorder Orders",
        readonly=True,
        server_only=True,
    )
    backorder_child_count = fields.Integer(compute="_compute_backorder_child_count")
    backorder_root_id = fields.Many2one(
        "sale.order",
        "First Order",
        compute="_compute_backorder_root_id",
        store=True,
        precompute=True,
        recursive=True,
        index="btree_not_null",
        help="The first of the split orders; its age counts in the queue.",
        server_only=True,
    )
    is_backorder_splittable = fields.Boolean(compute="_compute_is_backorder_splittable")

    @api.depends("backorder_parent_id.backorder_root_id")
    def _compute_backorder_root_id(self):
        for order in self:
            parent = order.backorder_parent_id
            order.backorder_root_id = parent.backorder_root_id or parent

    @api.depends("backorder_child_ids.state")
    def _compute_backorder_child_count(self):
        for order in self:
            order.backorder_child_count = len(order._get_live_children())

    def _get_live_children(self):
        return self.backorder_child_ids.filtered(lambda order: order.state != "cancel")

    @api.depends(
        "backorder_state",
        "requires_inventory_override",
        "override_ids.state",
        "order_line.allocated_qty",
        "order_line.backorder_qty",
    )
    def _compute_is_backorder_splittable(self):
        for order in self:
            order.is_backorder_splittable = (
                order.backorder_state in BACKORDERED_STATES
                and not order._is_approval_pending()
                and any(line.backorder_qty for line in order.order_line)
                and order._has_shippable_goods()
            )

    def _has_shippable_goods(self):
        """Whether something could ship: it is allocated, or available for an order
        that ships complete."""
        if any(line.allocated_qty for line in self.order_line):
            return True
        coverage = self.sudo().order_line.move_ids._get_split_coverage()
        return any(covered for _demand, _reserved, covered in coverage.values())

    # ------------------------------------------------------------------
    # Splitting
    # ------------------------------------------------------------------

    def split_backorder(self, customer_agreed, split_lines=True):
        """Move the backordered items to a new order.

        Delivered, reserved and invoiced quantities stay. Quantities below are in
        the unit of each line.

        :param bool customer_agreed: whether the customer agreed to two shipments
        :param bool split_lines: divide partially allocated lines; otherwise they go
            whole, with their reservations
        :return: dict with ``originalOrderId``, ``originalOrderNumber``,
            ``originalStatus``, ``backorderOrderId``, ``backorderOrderNumber``, and
            the lists ``shippableItems`` and ``backorderedItems`` of dicts with
            ``name``, ``lineId``, ``productId``, ``sku``, ``product``,
            ``quantity``, ``unit``
        :raise AccessError: if the user is not an operator or may not read the order
        :raise UserError: when the order does not exist, is in another state or
            needs approval, when nothing can ship or nothing can be moved, and when
            the customer's agreement is not stated
        """
        self._check_existence()
        self._check_operator()
        self._check_one_order()
        self._lock_orders()
        self._check_splittable()
        if customer_agreed is not True:
            raise UserError(
                self.env._(
                    "Ask the customer first: %s can be split only if the customer"
                    " agreed to a partial shipment.",
                    self.name,
                )
            )
        with self.env["backorder.event"]._caused_by(f"split:{self.env.user.login}"):
            child = self.sudo()._split_off(split_lines)
            self.sudo()._reserve_what_stays()
            return self.sudo()._finish_split(child)

    def get_split_preview(self, split_lines=True):
        """Return what each line would ship, and what would be split off.

        :return: list of dicts with ``lineId``, ``shippable`` and ``backordered``,
            in the line's unit
        :raise AccessError: if the user is not an operator or may not read the order
        """
        self._check_existence()
        self._check_operator()
        order = self.sudo()
        moved = {
            share.line: share.quantity for share in order._get_split_plan(split_lines)
        }
        return [
            {
                "lineId": line.id,
                "shippable": line.product_uom_qty - moved.get(line, 0.0),
                "backordered": moved.get(line, 0.0),
            }
            for line in order.order_line
            if not line.display_type
        ]

    def action_open_split(self):
        """Open the wizard with a preview of both orders."""
        self._check_existence()
        self._check_operator()
        self._check_one_order()
        self._check_splittable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split %s", self.name),
            "res_model": "backorder.split",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _check_one_order(self):
        if len(self) != 1:
            raise UserError(
                self.env._("Select one order: orders are split or merged one by one.")
            )

    def _lock_orders(self):
        """Prevent a concurrent split or merge of these orders.

        A transaction that waits here for a change of the orders fails and is
        repeated with the changed orders.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM sale_order WHERE id = ANY(%s)"
                " ORDER BY id FOR NO KEY UPDATE",
                list(self.ids),
            )
        )

    def _check_splittable(self):
        if self.backorder_state not in BACKORDERED_STATES:
            raise UserError(self._get_unsplittable_message())
        if self._is_approval_pending():
            raise UserError(
                self.env._(
                    "%s has a pending stock approval. Decide on it before you split.",
                    self.name,
                )
            )
        if not self._has_shippable_goods():
            raise UserError(
                self.env._(
                    "Nothing of %s is allocated, so nothing can ship. Wait for"
                    " stock or fulfil the order first.",
                    self.name,
                )
            )

    def _is_approval_pending(self):
        return self.requires_inventory_override or any(
            request.state == "pending" for request in self.sudo().override_ids
        )

    def _get_unsplittable_message(self):
        return self.env._(
            "Order %(order)s cannot be split (status: %(status)s). Only"
            " PARTIALLY_ALLOCATED or BACKORDERED orders can be split.",
            order=self.name,
            status=self._get_split_status(),
        )

    def _get_split_status(self):
        """Return the status in capitals, e.g. ``ON_HOLD``."""
        if self.state != "sale":
            label = self._get_state_label()
        else:
            states = self._fields["backorder_state"]._description_selection(self.env)
            label = dict(states).get(self.backorder_state, "")
        return label.upper().replace(" ", "_")

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def _finish_split(self, child):
        """Post on both orders and log the split; return the result."""
        result = self._get_split_result(child)
        self.env["backorder.event"]._log(
            "order:split",
            order=self,
            quantity=sum(child.order_line.mapped("backorder_product_qty")),
            payload={**result, "customerAgreed": True},
        )
        self.message_post(
            body=self.env._(
                "The backordered items were split off to %s; the customer agreed to"
                " a partial shipment.",
                child._get_html_link(),
            )
        )
        child.message_post(
            body=self.env._(
                "Split off from %s: these items are on backorder.",
                self._get_html_link(),
            )
        )
        return result

    def _get_split_result(self, child):
        return {
            "originalOrderId": self.id,
            "originalOrderNumber": self.name,
            "originalStatus": self.backorder_state,
            "backorderOrderId": child.id,
            "backorderOrderNumber": child.name,
            "shippableItems": self.order_line._get_split_items(),
            "backorderedItems": child.order_line._get_split_items(),
        }

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def action_view_backorder_parent(self):
        """Open the order from which this one was split off."""
        return self._get_order_action(self.backorder_parent_id)

    def action_view_backorder_children(self):
        """Open the orders that were split off from this one."""
        return self._get_order_action(self._get_live_children())

    def _get_order_action(self, orders):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Backorder Orders"),
            "res_model": "sale.order",
            "domain": [("id", "in", orders.ids)],
            "views": [(False, "list"), (False, "form")],
        }
        if len(orders) == 1:
            form = orders.get_formview_id()
            action |= {
                "name": orders.name,
                "res_id": orders.id,
                "views": [(form, "form")],
            }
        return action
