# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from types import MappingProxyType

from odoo import api, fields, models

from ..transaction import TransactionVar
from .backorder_event_log import SOURCE

BACKORDER_STATES = [
    ("none", "No Backorder"),
    ("backordered", "Backordered"),
    ("partially_allocated", "Partially Allocated"),
    ("allocated", "Allocated"),
    ("on_hold", "On Hold"),
]
BACKORDERED_STATES = ("backordered", "partially_allocated")

# Since when the demand that an order takes over has been backordered, by order id.
INHERITED_SINCE = TransactionVar(MappingProxyType({}))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    backorder_state = fields.Selection(
        BACKORDER_STATES,
        "Backorder",
        compute="_compute_backorder_state",
        store=True,
        copy=False,
        help="How much of the order's stock is allocated.",
        server_only=True,
    )
    backordered_since = fields.Datetime(
        compute="_compute_backorder_state",
        store=True,
        copy=False,
        help="When the order first fell short. Retries and edits do not change it.",
        server_only=True,
    )
    backorder_age = fields.Integer(
        "Days on Backorder",
        compute="_compute_backorder_age",
        help="Full days since the first shortage.",
    )
    backorder_priority = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("urgent", "Urgent")],
        default="medium",
        required=True,
        copy=False,
        tracking=True,
        help="Orders with a higher priority get arriving stock first.",
    )
    backorder_shortage_qty = fields.Float(
        "Backordered Quantity",
        compute="_compute_backorder_shortage_qty",
        digits="Product Unit",
    )
    hold_since = fields.Datetime(
        "On Hold Since", readonly=True, copy=False, server_only=True
    )
    hold_kind = fields.Selection(
        [("rule", "Backordered Too Long"), ("hand", "Manually")],
        "Put on Hold",
        readonly=True,
        copy=False,
        server_only=True,
        help="Whether the order was put on hold because it exceeded the company's days"
        " on backorder, or by a user.",
    )
    hold_reason = fields.Char(
        readonly=True, copy=False, tracking=True, server_only=True
    )
    requires_inventory_override = fields.Boolean(
        "Awaiting Approval",
        compute="_compute_requires_inventory_override",
        store=True,
        copy=False,
        tracking=True,
        help="The order exceeds available stock and needs approval.",
        server_only=True,
    )
    override_ids = fields.One2many(
        "backorder.override",
        "order_id",
        "Stock Approvals",
        readonly=True,
        server_only=True,
    )
    override_count = fields.Integer(compute="_compute_override_figures")
    has_open_increase = fields.Boolean(compute="_compute_override_figures")
    unmatched_line_ids = fields.One2many(
        "backorder.unmatched.line", "order_id", "Unmatched Items"
    )

    _backorder_state_idx = models.Index(
        "(backorder_state, backordered_since)"
        " WHERE backorder_state IN ('backordered', 'partially_allocated', 'on_hold')"
    )
    _override_idx = models.Index("(id) WHERE requires_inventory_override")

    # ------------------------------------------------------------------
    # State
    # ------------------------------------------------------------------

    @api.depends(
        "state",
        "hold_since",
        "picking_policy",
        "unmatched_line_ids.product_id",
        "order_line.backorder_product_qty",
        "order_line.allocated_qty",
        "order_line.open_qty",
    )
    def _compute_backorder_state(self):
        before = self._get_recorded_states()
        now = fields.Datetime.now()
        inherited = INHERITED_SINCE.get(self.env.cr)
        for order in self:
            state, since = before.get(order.id) or ("none", False)
            order.backorder_state = order._get_backorder_state()
            is_backordered = order.backorder_state in (*BACKORDERED_STATES, "on_hold")
            sinces = filter(None, (since, inherited.get(order.id)))
            order.backordered_since = is_backordered and min(sinces, default=now)
        self._log_transitions(before)

    def _get_backorder_state(self):
        """Return the state of the order's backorder."""
        self.ensure_one()
        if self.state != "sale":
            return "none"
        lines = self.order_line
        if self.hold_since and any(line.open_qty for line in lines):
            return "on_hold"
        is_any_allocated = any(line.allocated_qty for line in lines)
        if self._get_unmatched_items():
            return "partially_allocated" if is_any_allocated else "on_hold"
        if any(line.backorder_product_qty for line in lines):
            is_partial = is_any_allocated and self.picking_policy == "direct"
            return "partially_allocated" if is_partial else "backordered"
        return "allocated" if self._is_all_reserved() else "none"

    def _get_unmatched_items(self):
        return self.unmatched_line_ids.filtered(lambda item: not item.product_id)

    def _is_all_reserved(self):
        """Whether there is demand from stock and all of it is reserved."""
        moves = self.order_line.move_ids.filtered(lambda move: move._serves_customer())
        coverage = moves._get_coverage().values()
        return any(demand for demand, *_rest in coverage) and all(
            reserved >= demand for demand, reserved, _covered in coverage
        )

    def _compute_backorder_age(self):
        today = fields.Datetime.now()
        for order in self:
            since = order.backordered_since
            order.backorder_age = (today - since).days if since else 0

    @api.depends("order_line.backorder_product_qty")
    def _compute_backorder_shortage_qty(self):
        for order in self:
            order.backorder_shortage_qty = sum(
                order.order_line.mapped("backorder_product_qty")
            )

    @api.depends("override_ids.kind", "override_ids.state")
    def _compute_requires_inventory_override(self):
        """Depend on the requests: requesting approval does not write on the order."""
        for order in self:
            order.requires_inventory_override = any(
                request.kind == "order" and request.state == "pending"
                for request in order.override_ids
            )

    @api.depends("override_ids.state")
    def _compute_override_figures(self):
        for order in self:
            requests = order.override_ids
            order.override_count = len(requests)
            order.has_open_increase = any(
                request.kind == "increase" and request.state == "pending"
                for request in requests
            )

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _get_recorded_states(self):
        """Return ``{id: (state, since)}`` as last known, from the cache or table."""
        recorded, missing = {}, []
        for order in self:
            if {"backorder_state", "backordered_since"} <= order._cache.keys():
                recorded[order.id] = (
                    order._cache["backorder_state"],
                    order._cache["backordered_since"],
                )
            elif isinstance(order.id, int):
                missing.append(order.id)
        if missing:
            self.env.cr.execute(
                "SELECT id, backorder_state, backordered_since FROM sale_order"
                " WHERE id = ANY(%s)",
                [missing],
            )
            recorded.update(
                {id_: (state, since) for id_, state, since in self.env.cr.fetchall()}
            )
        return recorded

    def _log_transitions(self, before):
        """Open or close the episode of each order that fell short or is covered."""
        events = []
        for order in self.filtered(lambda order: isinstance(order.id, int)):
            state, since = before.get(order.id) or ("none", False)
            if order.backordered_since and not since:
                events.append(("order:backordered", order, state, since))
                order._enqueue_own_products()
            elif since and not order.backordered_since:
                events.append(("order:backorder_resolved", order, state, since))
            elif state == "on_hold" and order.backorder_state in BACKORDERED_STATES:
                order._enqueue_own_products()
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": event_type,
                    "order": order,
                    "payload": order._prepare_episode_payload(event_type, state, since),
                }
                for event_type, order, state, since in events
            ]
        )

    def _prepare_backorder_payload(self, previous_state):
        lines = self.order_line.filtered(lambda line: line._needs_stock())
        unmatched = len(self._get_unmatched_items())
        short = lines.filtered("backorder_product_qty")
        return {
            "orderId": self.id,
            "orderNumber": self.name,
            "previousStatus": previous_state or "none",
            "newStatus": self.backorder_state,
            "totalItems": len(lines) + unmatched,
            "allocatedItems": len((lines - short).filtered("allocated_qty")),
            "backorderedItems": len(short) + unmatched,
            "timestamp": fields.Datetime.to_string(fields.Datetime.now()),
        }

    def _enqueue_own_products(self):
        """Enqueue a retry that runs once this transaction is committed.

        Stock that arrived while the order was being confirmed was missed by both:
        the order's snapshot is older, and the receipt's retry did not see the order.
        """
        keys = {
            (product.id, warehouse.id)
            for line in self.order_line.filtered("backorder_product_qty")
            for product, warehouse in line._get_demand_keys()
        }
        source = SOURCE.get(self.env.cr) or f"order:{self.name}"
        self.env["backorder.retry"]._enqueue(dict.fromkeys(keys, source))

    # ------------------------------------------------------------------
    # Views
    # ------------------------------------------------------------------

    def get_formview_id(self, access_uid=None):
        """Open the board's form for users who may not read invoices."""
        user = self.env["res.users"].browse(access_uid or self.env.uid)
        return self._get_board_form_id(user) or super().get_formview_id(
            access_uid=access_uid
        )

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Show these users the board's form wherever no other one is named."""
        if view_type == "form" and not view_id:
            view_id = self._get_board_form_id(self.env.user)
        return super().get_view(view_id, view_type, **options)

    @api.model
    def _get_board_form_id(self, user):
        """Return the board's form for a user who may not open Odoo's, or None."""
        if user.has_group(
            "backorder_atp.group_backorder_viewer"
        ) and not user.has_group("sales_team.group_sale_salesman"):
            return self.env.ref("backorder_atp.sale_order_view_form_backorder").id
        return None

    def action_view_overrides(self):
        """Open the requests and decisions of this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.backorder_override_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    def action_view_backorder_events(self):
        """Open the log entries of this order."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.backorder_event_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
