# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import babel_locale_parse, format_datetime
from odoo.tools.misc import get_lang

# How many holds are expired in one transaction.
BATCH = 100


class StockSoftReservation(models.Model):
    """Stock kept for somebody for a time, before there is an order.

    A hold counts while it is active and its time has not come, to the minute,
    whether or not the scheduled action has marked it. It is made only of what
    can be promised, so that it never takes what is committed to others.
    """

    _name = "stock.soft.reservation"
    _description = "Stock Hold"
    _order = "expiry_date, id"
    _check_company_auto = True

    name = fields.Char(
        "Reference",
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        server_only=True,
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_storable", "=", True)],
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env["stock.policy"]._default_warehouse_id(),
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id",
        store=True,
        index=True,
        server_only=True,
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        required=True,
        digits="Product Unit",
        default=1.0,
        help="How much is held, in the product's unit.",
    )
    consumed_quantity = fields.Float(
        "Consumed",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="What confirmed orders have taken of it.",
        server_only=True,
    )
    remaining_quantity = fields.Float(
        "Remaining",
        compute="_compute_remaining_quantity",
        store=True,
        digits="Product Unit",
        help="What is still held.",
        server_only=True,
    )
    partner_id = fields.Many2one("res.partner", "Held For", check_company=True)
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        server_only=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        "Quotation",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain=[("state", "in", ("draft", "sent"))],
        help="Only this quotation consumes the hold. Empty: the next order of the"
        " customer does.",
    )
    origin = fields.Char("Source", help="What the hold comes from, for its readers.")
    origin_model = fields.Char(readonly=True, copy=False, server_only=True)
    origin_id = fields.Many2oneReference(
        "Source Document",
        model_field="origin_model",
        readonly=True,
        copy=False,
        index="btree_not_null",
        server_only=True,
    )
    user_id = fields.Many2one(
        "res.users", "Held By", default=lambda self: self.env.user, required=True
    )
    expiry_date = fields.Datetime(
        "Expires",
        required=True,
        default=lambda self: self._default_expiry_date(),
    )
    expires_in = fields.Char(compute="_compute_expires_in")
    is_expired = fields.Boolean(
        compute="_compute_expires_in",
        help="Its time has come, so it holds nothing any more.",
    )
    can_change = fields.Boolean(compute="_compute_can_change")
    release_date = fields.Datetime(
        "Ended On", readonly=True, copy=False, server_only=True
    )
    release_reason = fields.Char("Reason", readonly=True, copy=False, server_only=True)
    state = fields.Selection(
        [
            ("active", "Active"),
            ("consumed", "Consumed"),
            ("released", "Released"),
            ("expired", "Expired"),
        ],
        "Status",
        default="active",
        required=True,
        readonly=True,
        copy=False,
        server_only=True,
    )

    # Availability and reservation ask for what is held of a product.
    _active_idx = models.Index("(product_id, warehouse_id) WHERE state = 'active'")
    _expiry_idx = models.Index("(expiry_date) WHERE state = 'active'")
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "Hold a quantity above zero."
    )

    @api.model
    def _default_expiry_date(self):
        hours = self.env.company.sudo().soft_reservation_duration
        return fields.Datetime.now() + timedelta(hours=hours)

    @api.depends("quantity", "consumed_quantity", "state")
    def _compute_remaining_quantity(self):
        for hold in self:
            left = hold.quantity - hold.consumed_quantity
            hold.remaining_quantity = left if hold.state == "active" else 0.0

    @api.depends("expiry_date", "state")
    def _compute_expires_in(self):
        now = fields.Datetime.now()
        locale = babel_locale_parse(get_lang(self.env).code)
        for hold in self:
            is_open = hold.state == "active" and hold.expiry_date
            hold.is_expired = bool(is_open and hold.expiry_date <= now)
            hold.expires_in = is_open and format_timedelta(
                hold.expiry_date - now,
                threshold=2,  # "6 days" rather than "1 week"
                add_direction=True,
                locale=locale,
            )

    @api.depends_context("uid")
    @api.depends("state", "user_id", "order_id.user_id")
    def _compute_can_change(self):
        for hold in self:
            hold.can_change = (
                bool(hold._origin)
                and hold.state == "active"
                and hold._is_changed_by_user()
            )

    # ------------------------------------------------------------------
    # Holding
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Hold what can be promised, or nothing.

        :raise OrderValidationError: naming each product of which more is asked
            for than can be promised
        :raise ValidationError: when the expiry is past or beyond the company's limit
        :raise AccessError: for whoever may not hold stock
        """
        self.check_access("create")
        self._serialize(
            "create",
            [(vals.get("product_id"), vals.get("warehouse_id")) for vals in vals_list],
        )
        holds = super().create([self._prepare_hold(vals) for vals in vals_list])
        holds._set_names()
        self._forget_held()
        holds._check_order()
        holds._check_expiry(is_new=True)
        self.env["promise.decision"]._check_holds(holds)
        holds._log("hold:created")
        return holds

    def write(self, vals):
        """Refuse to change a hold but by its actions.

        The right to write is there for the form alone: without it nobody could
        enter a new hold.
        """
        if not self.env.su:
            self._refuse_change()
        return super().write(vals)

    def _prepare_hold(self, vals):
        """Return the values of a hold, for the customer of its order."""
        order = self.env["sale.order"].browse(vals.get("order_id"))
        return {
            **({"partner_id": order.sudo().partner_id.id} if order else {}),
            **vals,
        }

    def _set_names(self):
        sequence = self.env["ir.sequence"].sudo()
        for hold in self.sudo():
            hold.name = sequence.next_by_code("stock.soft.reservation")

    @api.model
    def _serialize(self, method, keys):
        """Wait for earlier decisions about ``keys``, if the request is ``method``."""
        guard = self.env["stock.promise.guard"]
        if all(map(all, keys)) and guard._is_fresh_request(method):
            guard._serialize(keys)

    @api.private
    def _refuse_change(self):
        raise AccessError(
            self.env._(
                "What is held follows from orders and time."
                " Use the buttons of the hold to extend or release it."
            )
        )

    @api.constrains("product_id")
    def _check_product(self):
        for hold in self:
            if not hold.product_id.is_storable:
                raise ValidationError(
                    self.env._(
                        "%s is not kept in stock, so nothing of it can be held.",
                        hold.product_id.display_name,
                    )
                )

    def _check_order(self):
        """Hold only for quotations that the user may see."""
        self.order_id.check_access("read")
        for hold in self:
            if hold.order_id and hold.order_id.state not in ("draft", "sent"):
                raise ValidationError(
                    self.env._(
                        "%s is no quotation any more: an order is served from stock,"
                        " it needs no hold.",
                        hold.order_id.name,
                    )
                )

    def _check_expiry(self, is_new=False):
        """Refuse a time that has passed or is further away than the company allows."""
        now = fields.Datetime.now()
        for hold in self:
            if hold.expiry_date <= now:
                raise ValidationError(
                    self.env._(
                        "A hold ends in the future: %s has passed.",
                        format_datetime(self.env, hold.expiry_date, dt_format="short"),
                    )
                )
            limit = hold._get_latest_expiry(is_new)
            if hold.expiry_date > limit + timedelta(minutes=1):
                raise ValidationError(
                    self.env._(
                        "Stock is held for %(hours)g hours at most, until %(limit)s."
                        " Choose an earlier time.",
                        hours=hold.company_id.sudo().soft_reservation_max_duration,
                        limit=format_datetime(self.env, limit, dt_format="short"),
                    )
                )

    def _get_latest_expiry(self, is_new=False):
        """Return until when the user may hold: salespeople not longer by extending.

        :param is_new: the time counts from now, however long ago the transaction
            began that creates it: it may have waited for others
        """
        duration = timedelta(hours=self.company_id.sudo().soft_reservation_max_duration)
        start = fields.Datetime.now()
        if not is_new and not self._is_changed_by_operator():
            start = min(start, self.create_date)
        return start + duration

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def action_release(self, reason):
        """Give up what these hold, at once.

        :param reason: why, for the log; required
        :raise AccessError: for whoever neither made the hold nor is an operator
        :raise UserError: when one of them has ended already
        """
        self.env["sale.order"]._check_reason(reason)
        self._check_may_change()
        self.sudo()._settle("released", reason)

    def action_extend(self, expiry_date):
        """Hold until ``expiry_date``, within the limit of the company.

        The limit counts from when the hold was made, from now for operators.

        :param expiry_date: datetime in UTC, or its string
        :raise AccessError: for whoever neither made the hold nor is an operator
        :raise UserError: when one of them has ended or expired already
        """
        self._check_may_change()
        late = self.filtered("is_expired")
        if late:
            raise UserError(
                self.env._(
                    "%s has expired: others may have taken the stock. Hold it anew.",
                    ", ".join(late.mapped("name")),
                )
            )
        # whoever counts on the expiry is deciding on the same stock
        self._touch_guard()
        before = {hold: hold.expiry_date for hold in self}
        self.sudo().expiry_date = fields.Datetime.to_datetime(expiry_date)
        self._check_expiry()
        self._log("hold:extended", before)

    def action_open_release(self):
        """Ask for the reason, then release."""
        return self.env["stock.soft.reservation.decision"]._open("release", self)

    def action_open_extend(self):
        """Ask until when, then extend."""
        return self.env["stock.soft.reservation.decision"]._open("extend", self)

    def _check_may_change(self):
        self.check_access("read")
        foreign = self.filtered(lambda hold: not hold._is_changed_by_user())
        if foreign:
            raise AccessError(
                self.env._(
                    "%s: only who made the hold, the salesperson of its quotation or"
                    " a backorder operator may change it.",
                    ", ".join(foreign.mapped("name")),
                )
            )
        ended = self.filtered(lambda hold: hold.state != "active")
        if ended:
            raise UserError(
                self.env._(
                    "%s has ended already. Refresh the page.",
                    ", ".join(ended.mapped("name")),
                )
            )

    def _is_changed_by_operator(self):
        """Whether the user may change any hold."""
        return self.env.su or self.env.user.has_group(
            "backorder_atp.group_backorder_operator"
        )

    def _is_changed_by_user(self):
        """Whether the user may release or extend this hold."""
        user = self.env.user
        if self._is_changed_by_operator():
            return True
        return user.has_group("sales_team.group_sale_salesman") and user in (
            self.user_id | self.sudo().order_id.user_id
        )

    def _settle(self, state, reason=False):
        """End these holds; what they held is free for whoever waits."""
        active = self.filtered(lambda hold: hold.state == "active")
        if not active:
            return
        quantities = {hold: hold.remaining_quantity for hold in active}
        active.write(
            {
                "state": state,
                "release_date": fields.Datetime.now(),
                "release_reason": reason,
            }
        )
        source = f"hold-{state}:{', '.join(active[:5].mapped('name'))}"
        with self.env["backorder.event"]._caused_by(source):
            active._log(f"hold:{state}", quantities=quantities, reason=reason)
            self.env["backorder.retry"]._enqueue_waiting(
                active.product_id, active.warehouse_id, source
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if any(hold.state == "active" for hold in self):
            raise UserError(self.env._("Release the hold before you delete it."))

    def _touch_guard(self):
        """Let no other decision about the same stock happen at the same time."""
        self.env["stock.promise.guard"]._touch(
            [(hold.product_id.id, hold.warehouse_id.id) for hold in self]
        )

    # ------------------------------------------------------------------
    # Expiring
    # ------------------------------------------------------------------

    @api.model
    def _cron_expire(self):
        """Mark the holds whose time has come, and let others have the stock.

        They count no more since that minute; this tells the log and the queue.
        What another process has locked is left to it; where somebody consumed or
        extended one just now, the next run sees it.
        """
        failed = set()
        self.env["ir.cron"]._work_off(
            lambda: self._take_due(failed),
            lambda holds: holds._expire(failed),
            self.search_count(self._get_due()),
            again=lambda holds: None,
        )

    def _expire(self, failed):
        """End these holds; add to ``failed`` those that this run leaves alone."""
        failed |= set(
            self.env["backorder.failure"]._work_on_each(
                "hold", self, lambda batch: batch._settle("expired")
            )
        )
        return len(self)

    @api.model
    def _get_due(self):
        return [("state", "=", "active"), ("expiry_date", "<=", fields.Datetime.now())]

    @api.model
    def _take_due(self, failed=()):
        """Lock the next holds whose time has come and nobody else works on."""
        domain = [*self._get_due(), ("id", "not in", [hold.id for hold in failed])]
        return self.search(domain, limit=BATCH).try_lock_for_update()

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _log(self, event_type, before=None, quantities=None, reason=False):
        """Write one event for each hold.

        :param before: ``{hold: former expiry}`` where that has changed
        :param quantities: ``{hold: quantity}`` concerned; by default what it holds
        """
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": event_type,
                    "order": hold.order_id,
                    "product": hold.product_id,
                    "warehouse": hold.warehouse_id,
                    "quantity": (quantities or {}).get(hold, hold.remaining_quantity),
                    "reason": reason,
                    "payload": hold._prepare_payload((before or {}).get(hold)),
                }
                for hold in self.sudo()
            ]
        )

    def _prepare_payload(self, previous_expiry=None):
        payload = {
            "holdId": self.id,
            "hold": self.name,
            "state": self.state,
            "quantity": self.quantity,
            "consumed": self.consumed_quantity,
            "remaining": self.remaining_quantity,
            "partnerId": self.partner_id.id or False,
            "partner": self.partner_id.display_name or False,
            "origin": self.origin or False,
            "expires": fields.Datetime.to_string(self.expiry_date),
        }
        if previous_expiry:
            payload["previouslyExpired"] = fields.Datetime.to_string(previous_expiry)
        return payload

    def _prepare_overview_line(self):
        return {
            "title": f"{self.name} · {self.product_id.display_name}",
            "detail": self.partner_id.display_name or "",
            "date": self.expiry_date,
        }
