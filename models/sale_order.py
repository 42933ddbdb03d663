# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..transaction import get_state, without_defaults

BACKORDER_STATES = [
    ("none", "Nothing Waiting"),
    ("backordered", "Backordered"),
    ("partially_allocated", "Partially Allocated"),
    ("allocated", "Allocated"),
    ("on_hold", "On Hold"),
]
WAITING_STATES = ("backordered", "partially_allocated")
# What only the server itself decides.
SERVER_FIELDS = {
    "backorder_state",
    "backordered_since",
    "hold_reason",
    "hold_since",
    "requires_inventory_override",
}
# What only the customer does.
CUSTOMER_FIELDS = {"signature", "signed_by", "signed_on", "transaction_ids"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    backorder_state = fields.Selection(
        BACKORDER_STATES,
        "Backorder",
        compute="_compute_backorder_state",
        store=True,
        copy=False,
        help="How far the order's stock is allocated.",
    )
    backordered_since = fields.Datetime(
        "Waiting Since",
        compute="_compute_backorder_state",
        store=True,
        copy=False,
        help="When the order first fell short; neither retries nor edits move it.",
    )
    backorder_age = fields.Integer(
        "Days Waiting",
        compute="_compute_backorder_age",
        help="Full days since the first shortage.",
    )
    backorder_priority = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("urgent", "Urgent")],
        default="medium",
        required=True,
        copy=False,
        tracking=True,
        help="Who gets arriving stock first.",
    )
    backorder_shortage_qty = fields.Float(
        "Quantity Waiting",
        compute="_compute_backorder_shortage_qty",
        digits="Product Unit",
    )
    hold_since = fields.Datetime("On Hold Since", readonly=True, copy=False)
    hold_reason = fields.Char(readonly=True, copy=False, tracking=True)
    requires_inventory_override = fields.Boolean(
        "Awaiting Stock Approval",
        readonly=True,
        copy=False,
        tracking=True,
        help="The order asks for too much; an inventory manager decides.",
    )
    override_ids = fields.One2many("backorder.override", "order_id", "Stock Approvals")
    unmatched_line_ids = fields.One2many(
        "backorder.unmatched.line", "order_id", "Unmatched Items"
    )

    _backorder_state_idx = models.Index(
        "(backorder_state, backordered_since)"
        " WHERE backorder_state IN ('backordered', 'partially_allocated', 'on_hold')"
    )
    _override_idx = models.Index("(id) WHERE requires_inventory_override")

    # ------------------------------------------------------------------
    # State (C1)
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
        for order in self:
            state, since = before.get(order.id) or ("none", False)
            order.backorder_state = order._get_backorder_state()
            is_waiting = order.backorder_state in (*WAITING_STATES, "on_hold")
            order.backordered_since = (since or now) if is_waiting else False
        self._log_transitions(before)

    def _get_backorder_state(self):
        """Return the state by the table of the procedure, section 4.1 (C1)."""
        self.ensure_one()
        if self.state != "sale":
            return "none"
        lines = self.order_line
        if self.hold_since and any(line.open_qty for line in lines):
            return "on_hold"
        is_any_allocated = any(line.allocated_qty for line in lines)
        if self._has_unmatched_items():
            return "partially_allocated" if is_any_allocated else "on_hold"
        if any(line.backorder_product_qty for line in lines):
            is_partial = is_any_allocated and self.picking_policy == "direct"
            return "partially_allocated" if is_partial else "backordered"
        return "allocated" if self._is_all_reserved() else "none"

    def _has_unmatched_items(self):
        return any(not item.product_id for item in self.unmatched_line_ids)

    def _is_all_reserved(self):
        """Whether something is to be delivered from stock, and all of it reserved."""
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

    # ------------------------------------------------------------------
    # Events (C8)
    # ------------------------------------------------------------------

    def _get_recorded_states(self):
        """Return ``{id: (state, since)}`` as last known, the cache before the table."""
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
        """Open or close the episode of each order that fell short or caught up."""
        events = []
        for order in self.filtered(lambda order: isinstance(order.id, int)):
            state, since = before.get(order.id) or ("none", False)
            if order.backordered_since and not since:
                events.append(("order:backordered", order, state))
                order._wake_own_products()
            elif since and not order.backordered_since:
                events.append(("order:backorder_resolved", order, state))
            elif state == "on_hold" and order.backorder_state in WAITING_STATES:
                order._wake_own_products()
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": event_type,
                    "order": order,
                    "payload": order._prepare_backorder_payload(state),
                }
                for event_type, order, state in events
            ]
        )

    def _prepare_backorder_payload(self, previous_state):
        lines = self.order_line.filtered(lambda line: line._needs_stock())
        unmatched = len(
            self.unmatched_line_ids.filtered(lambda item: not item.product_id)
        )
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

    def _wake_own_products(self):
        """Look once more when this transaction is visible to others.

        Stock that arrived while the order was being confirmed was seen by
        neither: the order's snapshot is older, and the receipt's check did not
        know the order.
        """
        keys = {
            (line.product_id.id, warehouse.id)
            for line in self.order_line.filtered("backorder_product_qty")
            for warehouse in line._get_waiting_warehouses()
        }
        source = get_state(self.env.cr).source or f"order:{self.name}"
        self.env["backorder.check"]._enqueue(dict.fromkeys(keys, source))

    # ------------------------------------------------------------------
    # Confirming (B4)
    # ------------------------------------------------------------------

    def _register_hook(self):
        """Make :meth:`_confirm_promised` the first to see a confirmation.

        Other addons act before and after their ``super()``; an order that has
        to wait for approval must reach none of them, wherever they stand.
        """
        super()._register_hook()
        model_class = self.env.registry[self._name]
        confirm = model_class.action_confirm
        if getattr(confirm, "leaves_pending_out", False):
            return

        def action_confirm(orders):
            return orders._confirm_promised(confirm)

        action_confirm.leaves_pending_out = True
        action_confirm.__doc__ = confirm.__doc__
        model_class.action_confirm = action_confirm

    def _unregister_hook(self):
        model_class = self.env.registry[self._name]
        if "action_confirm" in vars(model_class):
            del model_class.action_confirm
        return super()._unregister_hook()

    @api.private
    def _confirm_promised(self, confirm):
        """Confirm what may be; what has to wait for approval stays as it is."""
        self._serialize_promise()
        validator = self.env["order.validator"]
        with self.env["backorder.event"]._caused_by(
            f"order:{','.join(self[:5].mapped('name'))}"
        ):
            judged = self._filter_to_judge()
            pending = judged._judge_confirmation()
            promised = self - pending
            with validator._remembering(judged - pending):
                result = confirm(promised) if promised or not self else True
        return pending._get_pending_action() if pending else result

    def _serialize_promise(self):
        """Wait for earlier decisions about the same stock, before the snapshot."""
        guard = self.env["stock.promise.guard"]
        if guard._is_fresh_request("action_confirm"):
            guard._serialize(self._get_lock_keys())

    def _get_lock_keys(self):
        """Return the products and warehouses these orders are decided on.

        Read past the cache, which a fresh transaction would not keep.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT line.product_id, line.warehouse_id
                  FROM sale_order_line line
                  JOIN sale_order so ON so.id = line.order_id
                  JOIN res_company company ON company.id = so.company_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE line.order_id = ANY(%s)
                   AND line.warehouse_id IS NOT NULL
                   AND template.is_storable
                   AND company.promise_phase != 'dark'
                """,
                list(self.ids),
            )
        )
        return self.env.cr.fetchall()

    def _filter_to_judge(self):
        """Return the orders whose confirmation somebody may have to approve."""
        return self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.company_id.promise_phase != "dark"
            )
        )

    def _judge_confirmation(self):
        """Judge these orders; return those that have to wait for approval.

        :raise OrderValidationError: see ``order.validator``
        """
        validator = self.env["order.validator"]
        orders = self.filtered(lambda order: not validator._has_passed(order))
        orders._note_ambiguous_warehouse()
        return validator._judge_orders(orders) if orders else orders

    def _get_verdict(self, shortages):
        """Return ``pass``, ``record``, ``wait``, ``withhold`` or ``refuse``.

        The table of the design: what happens to this order, being short.
        """
        self.ensure_one()
        company = self.company_id
        if company.promise_phase == "dark":
            return "record"
        if self._is_override_approved(shortages):
            return "pass"
        if self._is_paid_or_signed():
            return "withhold"
        if company.promise_phase == "hard" and company.shortage_policy == "block":
            return "refuse"
        return (
            "refuse"
            if any(not shortage.warehouse for shortage in shortages)
            else "wait"
        )

    def _is_paid_or_signed(self):
        """Whether the customer has done his part: such an order is never lost."""
        self.ensure_one()
        transactions = self.sudo().transaction_ids
        return bool(self.signature) or any(
            transaction.state in ("authorized", "done") for transaction in transactions
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Judge orders that are created confirmed, like any other (B4)."""
        self._check_server_fields(*vals_list)
        self._check_customer_fields(*vals_list)
        self = without_defaults(self, SERVER_FIELDS | {"state"})
        is_judged = [self._is_created_confirmed(vals) for vals in vals_list]
        if not any(is_judged):
            return super().create(vals_list)
        drafts = [
            {**vals, "state": "draft"} if judged else vals
            for vals, judged in zip(vals_list, is_judged, strict=True)
        ]
        orders = super().create(drafts)
        confirmed = self.browse(
            [order.id for order, flag in zip(orders, is_judged, strict=True) if flag]
        )
        confirmed.write({"state": "sale"})
        confirmed.order_line._action_launch_stock_rule()
        return orders

    def _is_created_confirmed(self, vals):
        company = self.env["res.company"].browse(vals.get("company_id"))
        phase = (company or self.env.company).sudo().promise_phase
        return vals.get("state") == "sale" and phase != "dark"

    def write(self, vals):
        self._check_server_fields(vals)
        self._check_customer_fields(vals)
        if vals.get("state") == "cancel":
            self._withdraw_overrides()
        if vals.get("state") != "sale":
            return super().write(vals)
        return self._write_confirmed(vals)

    def _write_confirmed(self, vals):
        """Let only judged orders become confirmed, over their final lines."""
        confirming = self.filtered(lambda order: order.state != "sale")
        rest = {name: value for name, value in vals.items() if name != "state"}
        if "order_line" in rest or "warehouse_id" in rest:
            super().write(rest)
            rest = {}
        pending = confirming._judge_confirmation()
        if pending and rest:
            super(SaleOrder, pending).write(rest)
        return super(SaleOrder, self - pending).write({**rest, "state": "sale"})

    def _check_server_fields(self, *vals_list):
        """Refuse to let a caller write what only the server decides."""
        if self.env.su:
            return
        if any(SERVER_FIELDS & vals.keys() for vals in vals_list):
            raise AccessError(
                self.env._(
                    "The backorder state of an order follows from its stock."
                    " Use the buttons of the order to hold, release or approve it."
                )
            )

    def _check_customer_fields(self, *vals_list):
        """Refuse that a salesman signs or pays for his customer (B5).

        Such an order would be confirmed whatever there is; portal and payments
        write these fields as the system.
        """
        if self.env.su or self.env["order.validator"]._may_override():
            return
        company = self.company_id or self.env.company
        if any(record.sudo().promise_phase != "dark" for record in company) and any(
            vals.get(name) for vals in vals_list for name in CUSTOMER_FIELDS
        ):
            raise AccessError(
                self.env._(
                    "Only the customer signs or pays. Send the quotation instead."
                )
            )

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------

    def _request_override(self, shortages):
        """Ask for approval; from now on the order's demand counts as committed."""
        self.ensure_one()
        self.env["backorder.override"]._request(self, shortages)
        self.sudo().requires_inventory_override = True

    def _is_override_approved(self, shortages):
        """Whether somebody approved at least what each short product now asks for."""
        decided = self.sudo().override_ids.filtered(
            lambda request: request.state in ("approved", "rejected")
        )
        approved = decided[:1].filtered(lambda request: request.state == "approved")
        return approved._covers(self, shortages)

    def _is_delivery_withheld(self):
        return self.sudo().requires_inventory_override

    def _get_pending_action(self):
        """Return what the client shows: the decision, or that one was asked for."""
        request = self.sudo().override_ids.filtered(
            lambda request: request.state == "pending"
        )[:1]
        if len(self) == 1 and self.env["order.validator"]._may_override():
            return request.with_env(self.env).action_open_approval()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Waiting for stock approval"),
                "message": self.env._(
                    "%s: more is asked for than can be promised. An inventory manager"
                    " has been asked to decide.",
                    ", ".join(self.mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_override(self):
        """Open the pending request of this order."""
        self.ensure_one()
        request = self.override_ids.filtered(
            lambda request: request.state == "pending"
        )[:1]
        if not request:
            raise UserError(self.env._("%s waits for no approval.", self.name))
        return request.action_open_approval()

    def _action_cancel(self):
        with self.env["backorder.event"]._caused_by(
            f"cancel:{','.join(self[:5].mapped('name'))}"
        ):
            self._withdraw_overrides()
            return super()._action_cancel()

    def _settle_override(self):
        """Take back a request that is not needed any more: the order passes."""
        self.filtered("requires_inventory_override").sudo().override_ids._withdraw()

    def _withdraw_overrides(self):
        """Take back what a cancelled order asks for, and let go of its hold.

        An approval goes with it: confirmed again, the order is judged anew.
        """
        self.sudo().override_ids._withdraw(("pending", "approved"))
        self.sudo().write({"hold_since": False, "hold_reason": False})

    # ------------------------------------------------------------------
    # Warehouse (A6)
    # ------------------------------------------------------------------

    @api.depends("user_id", "company_id", "team_id")
    def _compute_warehouse_id(self):
        """Choose by mapping; where nothing decides, no warehouse at all in hard."""
        result = super()._compute_warehouse_id()
        for order in self:
            if order.state in ("draft", "sent") or not order.ids:
                order.warehouse_id = order._get_mapped_warehouse()
        return result

    def _get_mapped_warehouse(self):
        """Return the warehouse of the first mapping that names one."""
        for warehouse in self._get_warehouse_mappings():
            if warehouse and warehouse.company_id == self.company_id:
                return warehouse
        only = self._get_only_warehouse()
        if only or self.company_id.promise_phase == "hard":
            return only
        return self.warehouse_id

    def _get_warehouse_mappings(self):
        """Return what may name the warehouse, strongest first; bridges add theirs."""
        default = self.env["ir.default"].with_company(self.company_id)
        default_id = default._get_model_defaults("sale.order").get("warehouse_id")
        return [
            self.team_id.warehouse_id,
            self.env["stock.warehouse"].browse(default_id),
            self.user_id.with_company(self.company_id).property_warehouse_id,
        ]

    def _get_any_warehouse(self):
        """Return what Odoo itself would choose."""
        salesman = self.user_id.with_company(self.company_id)
        warehouses = self.env["stock.warehouse"].sudo()
        return salesman._get_default_warehouse_id() or warehouses.search(
            [("company_id", "=", self.company_id.id)], limit=1
        )

    def _get_only_warehouse(self):
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", self.company_id.id)], limit=2)
        )
        return warehouses if len(warehouses) == 1 else warehouses.browse()

    def _note_ambiguous_warehouse(self):
        """Record, where chance is still allowed, that it chose the warehouse."""
        events = self.env["backorder.event"]
        for order in self.filtered(lambda order: order._is_warehouse_ambiguous()):
            events._log(
                "order:ambiguous_warehouse", order=order, warehouse=order.warehouse_id
            )
            if order.company_id.promise_phase == "soft":
                events._warn_user(
                    self.env._(
                        "%(order)s ships from %(warehouse)s by chance: name a warehouse"
                        " for its sales team or its salesperson.",
                        order=order.name,
                        warehouse=order.warehouse_id.sudo().name,
                    )
                )

    def _is_warehouse_ambiguous(self):
        if self.company_id.promise_phase == "hard" or not self.warehouse_id:
            return False
        if self._get_only_warehouse() or any(self._get_warehouse_mappings()):
            return False
        return self.warehouse_id == self._get_any_warehouse()

    # ------------------------------------------------------------------
    # Fulfil (C6)
    # ------------------------------------------------------------------

    def action_fulfil(self):
        """Try to allocate these orders now, each for itself (C6).

        :return: a notification with how many were fulfilled, still wait, failed
        :raise AccessError: for whoever is not an operator
        :raise UserError: when an order does not exist or is not confirmed
        """
        self._check_existence()
        self._check_operator()
        self._check_fulfillable()
        failures = self._fulfil(f"fulfil:{self.env.user.login}")
        return self._get_fulfil_notification(failures)

    def action_fulfil_all(self):
        """Try to allocate every waiting order, in the order of the queue (C6)."""
        return self.search([("backorder_state", "in", WAITING_STATES)]).action_fulfil()

    def _check_operator(self):
        self._check_backorder_group("backorder_atp.group_backorder_operator")

    def _check_backorder_group(self, group):
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "This needs the role %s. Ask an administrator.",
                    self.env.ref(group).sudo().full_name,
                )
            )
        self.check_access("read")

    def _check_reason(self, reason):
        """Say no to a decision whose reason nobody could read later."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why, for those who read the log later."))

    def _check_existence(self):
        missing = self - self.exists()
        if missing:
            raise UserError(
                self.env._(
                    "Order not found: %s. Refresh the list.",
                    ", ".join(map(str, missing.ids)),
                )
            )

    def _check_fulfillable(self):
        unfit = self.filtered(lambda order: order.state != "sale")
        if unfit:
            raise UserError(
                self.env._(
                    "%s cannot be allocated: only confirmed orders can.",
                    ", ".join(
                        f"{order.name} ({order._get_state_label()})" for order in unfit
                    ),
                )
            )

    def _get_state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _fulfil(self, source):
        """Reserve in the order of the queue; return ``{order_id: error}``."""
        with self.env["backorder.event"]._caused_by(source):
            return (
                self.env["backorder.check"]
                .sudo()
                ._try_queue(
                    [
                        {
                            "order_id": order.id,
                            "move_ids": order._get_waiting_moves().ids,
                        }
                        for order in self.sudo().sorted(
                            lambda order: order._get_queue_key()
                        )
                        if order.backorder_state != "on_hold"
                    ]
                )
            )

    def _get_waiting_moves(self):
        return self.order_line.move_ids.filtered(
            lambda move: (
                move.state in ("confirmed", "partially_available")
                and move._serves_customer()
            )
        )

    def _get_queue_key(self):
        rank = {"urgent": 0, "high": 1, "medium": 2, "low": 3}[self.backorder_priority]
        return rank, self.create_date, self.id

    def _get_fulfil_notification(self, failures):
        waiting = self.filtered(
            lambda order: (
                order.id not in failures
                and order.backorder_state in (*WAITING_STATES, "on_hold")
            )
        )
        lines = [
            self.env._(
                "%(fulfilled)s fulfilled, %(waiting)s still backordered,"
                " %(failed)s failed",
                fulfilled=len(self) - len(waiting) - len(failures),
                waiting=len(waiting),
                failed=len(failures),
            ),
            *(f"{self.browse(id_).name}: {error}" for id_, error in failures.items()),
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if failures else "warning" if waiting else "success",
                "title": self.env._("Allocation tried"),
                "message": "\n".join(lines),
                "sticky": bool(failures),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_backorder_snapshot(self):
        return {order: order.backorder_state for order in self}

    def _log_retry(self, before, failures):
        """Record one attempt for each order, also where it changed nothing (C8)."""
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "order:retry",
                    "order": order,
                    "reason": failures.get(order.id) or False,
                    "payload": order._prepare_backorder_payload(before[order]),
                }
                for order in self
            ]
        )

    # ------------------------------------------------------------------
    # Hold
    # ------------------------------------------------------------------

    def action_open_hold(self):
        return self.env["backorder.reason"]._open("hold", self)

    def action_open_release(self):
        return self.env["backorder.reason"]._open("release", self)

    def action_hold(self, reason):
        """Put these orders on hold: the retry leaves them alone.

        :param reason: why, for the log; required
        :raise UserError: when an order has nothing waiting or is on hold already
        """
        self._check_operator()
        self._check_reason(reason)
        unfit = self.filtered(lambda order: order.backorder_state not in WAITING_STATES)
        if unfit:
            raise UserError(
                self.env._(
                    "%s: nothing waits, so nothing can be held.",
                    ", ".join(unfit.mapped("name")),
                )
            )
        with self.env["backorder.event"]._caused_by(f"hold:{self.env.user.login}"):
            self.sudo().write(
                {"hold_since": fields.Datetime.now(), "hold_reason": reason}
            )
            self._log_decision("order:on_hold", reason)

    def action_release_hold(self, reason):
        """Let the retry consider these orders again, at once.

        :param reason: why, for the log; required
        """
        self._check_operator()
        self._check_reason(reason)
        unfit = self.filtered(lambda order: not order.hold_since)
        if unfit:
            raise UserError(
                self.env._("%s: not on hold.", ", ".join(unfit.mapped("name")))
            )
        with self.env["backorder.event"]._caused_by(
            f"hold-released:{self.env.user.login}"
        ):
            self.sudo().write({"hold_since": False, "hold_reason": False})
            self._log_decision("order:hold_released", reason)

    def _log_decision(self, event_type, reason):
        self.env["backorder.event"]._log_many(
            [
                {"event_type": event_type, "order": order, "reason": reason}
                for order in self
            ]
        )

    def _hold_for_unmatched_items(self):
        """Keep on the order why it is held, or forget it when all is matched."""
        for order in self.sudo().filtered(lambda order: not order.hold_since):
            items = order.unmatched_line_ids.filtered(lambda item: not item.product_id)
            order.hold_reason = order._get_unmatched_reason(items) if items else False

    def _get_unmatched_reason(self, items):
        return self.env._("Unmatched items: %s", ", ".join(items.mapped("reference")))

    def get_formview_id(self, access_uid=None):
        """Show orders to whoever may not read invoices as the board shows them."""
        user = self.env["res.users"].browse(access_uid or self.env.uid)
        if user.has_group(
            "backorder_atp.group_backorder_viewer"
        ) and not user.has_group("sales_team.group_sale_salesman"):
            return self.env.ref("backorder_atp.sale_order_view_form_backorder").id
        return super().get_formview_id(access_uid=access_uid)

    def action_view_backorder_events(self):
        """Open what the log says about this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.backorder_event_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
