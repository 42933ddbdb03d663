# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from types import MappingProxyType

from odoo import models
from odoo.tools import groupby

from ..decision import (
    KEEP,
    PENDING,
    Case,
    Demand,
    Terms,
    decide_increase,
    decide_order,
)
from ..transaction import TransactionVar

# Ids of order lines that are increased by an approval.
GRANTED = TransactionVar(frozenset())
# Quantities that only move to another order, by product and warehouse; None unless
# demand is being moved.
MOVED = TransactionVar()
# The quantities that the running confirmation could promise, by product and warehouse.
PROMISABLE = TransactionVar()
# The demand of orders that passed, by order id.
VERDICTS = TransactionVar(MappingProxyType({}))


class PromiseDecision(models.AbstractModel):
    """The only place where demand is compared with availability.

    A promise has five steps: the demand (an order is confirmed, a confirmed line is
    increased or a delivery takes more), the available stock, the policy, the decision
    and its effects. All demand is treated alike: it is summed by product and warehouse
    over all lines of all orders. The decision itself is made in ``decision``, without
    Odoo; :meth:`_carry_out` applies its effects.
    """

    _name = "promise.decision"
    _description = "Promise Decision"

    # ------------------------------------------------------------------
    # Demand: orders to be confirmed
    # ------------------------------------------------------------------

    def _check_orders(self, orders):
        """Decide on ``orders`` before they are confirmed.

        :return: the orders that need approval
        :raise OrderValidationError: listing every short line of every refused order
        """
        demand = orders.order_line._get_promise_demand()
        self._guard(demand)
        case, decisions = self._decide_finally(
            lambda: self._decide_orders(demand, orders)
        )
        self._carry_out(case, decisions)
        pending = {each.order for each in decisions if each.outcome == PENDING}
        return orders.filtered(lambda order: order in pending)

    def _decide_orders(self, demand, orders):
        """Return the facts about ``demand`` and the decision about each order."""
        case = self._prepare_case(demand, orders)
        short = dict(groupby(case.find_obstacles(), lambda row: row.order))
        return case, [
            self._decide_order(order, short.get(order, []))
            for order in [*short, *(each for each in orders if each not in short)]
        ]

    def _decide_order(self, order, shortages):
        """Return the decision about ``order`` without applying it."""
        company = order.company_id
        may_pass = bool(shortages) and company.promise_phase != "dark"
        terms = Terms(
            company.promise_phase,
            company.shortage_policy,
            is_approved=may_pass and order._is_override_approved(shortages),
            is_secured=may_pass and order._is_paid_or_signed(),
        )
        return decide_order(order, shortages, terms)

    # ------------------------------------------------------------------
    # Demand: increases of confirmed lines and deliveries
    # ------------------------------------------------------------------

    def _check_increase(self, demand, can_be_approved=False):
        """Decide on demand that is added to confirmed orders.

        :param demand: as from ``sale.order.line._get_promise_demand``
        :param can_be_approved: whether the caller can keep the quantity until approval
        :return: the shortages that need approval
        :raise OrderValidationError: if approval is not possible or the company
            refuses shortages; the quantity is not changed
        """
        if not demand:
            return []
        self._guard(demand)
        case, decisions = self._decide_finally(
            lambda: self._decide_increases(demand, can_be_approved)
        )
        self._carry_out(case, decisions)
        return [each.shortages[0] for each in decisions if each.outcome == KEEP]

    def _decide_increases(self, demand, can_be_approved):
        """Return the facts about ``demand`` and the decision about each short line."""
        case = self._prepare_case(demand, None)
        granted = GRANTED.get(self.env.cr)
        return case, [
            self._decide_increase(shortage, can_be_approved)
            for shortage in case.find_shortages()
            if shortage.line._origin.id not in granted
        ]

    def _decide_increase(self, shortage, can_be_approved):
        company = shortage.order.company_id
        terms = Terms(company.promise_phase, company.shortage_policy)
        return decide_increase(shortage.order, shortage, terms, can_be_approved)

    def _granting(self, lines):
        """Allow the approved increase of ``lines`` within this context."""
        return GRANTED.setting(self.env.cr, frozenset(lines.ids))

    def _check_moves(self, extra):
        """Decide on quantities that deliveries take beyond their order lines.

        A delivery cannot request approval; the quantity must be raised on the order.

        :param extra: ``{move: additional quantity in the product's unit}``
        """
        self._check_increase(
            [
                Demand(
                    # a move without a line uses any line of its order
                    move.sale_line_id or move.picking_id.sale_id.order_line[:1],
                    move.product_id,
                    move.location_id.warehouse_id,
                    quantity,
                )
                for move, quantity in extra.items()
            ]
        )

    def _moving(self, demand):
        """Skip the decision for demand that only moves to another order.

        :param demand: ``{(product, warehouse): quantity}`` in the product's unit;
            any demand beyond it is decided on as usual
        """
        return MOVED.setting(self.env.cr, dict(demand))

    def _leave_out_moved(self, demand):
        """Return ``demand`` without the quantities moved from another order."""
        moved = MOVED.get(self.env.cr)
        if not moved:
            return demand
        added = []
        for line, product, warehouse, quantity in demand:
            known = min(quantity, moved.get((product, warehouse), 0.0))
            moved[product, warehouse] = moved.get((product, warehouse), 0.0) - known
            if product.uom_id.compare(quantity, known) > 0:
                added.append(Demand(line, product, warehouse, quantity - known))
        return added

    def _may_override(self):
        return self.env.user.has_group("backorder_atp.group_inventory_manager")

    # ------------------------------------------------------------------
    # Availability and policy
    # ------------------------------------------------------------------

    def _guard(self, demand):
        """Claim the stock of ``demand`` before deciding about it, so that concurrent
        decisions take each other into account."""
        self.env["stock.promise.guard"]._claim(self._get_claimed(demand))

    def _get_claimed(self, demand):
        """Return ``{(product_id, warehouse_id): quantity}`` to claim for ``demand``.

        What counts as committed already, for an order pending approval, is not claimed
        again.
        """
        claimed = defaultdict(float)
        for line, product, warehouse, quantity in demand:
            order = line.order_id
            if warehouse and order.company_id.promise_phase != "dark":
                is_counted = order.sudo().requires_inventory_override
                claimed[product.id, warehouse.id] += 0.0 if is_counted else quantity
        return claimed

    def _decide_finally(self, decide):
        """Return what ``decide`` returns; nothing is short for a promise in flight.

        Orders that are being promised at the same time may still fail. If only they
        make a line short, their end is awaited.

        :param decide: a function that returns ``(case, decisions)``
        """
        case, decisions = decide()
        contested = self._get_contested_keys(
            case, [row for decision in decisions for row in decision.shortages]
        )
        if not contested:
            return case, decisions
        self.env["stock.promise.guard"]._settle_unseen(contested)
        return decide()

    def _get_contested_keys(self, case, shortages):
        """Return the keys of lines that only promises in flight make short."""
        unseen = self.env["stock.promise.guard"]._get_unseen_quantities()
        keys = {(row.product.id, row.warehouse.id): row for row in shortages}
        return {
            key
            for key in keys.keys() & unseen.keys()
            if case.is_contested(keys[key], unseen[key])
        }

    def _find_shortages(self, demand, excluded_orders):
        """Return a ``Shortage`` for each line not allowed by stock and policy."""
        case = self._prepare_case(demand, excluded_orders)
        shortages = case.find_shortages()
        contested = self._get_contested_keys(case, shortages)
        if not contested:
            return shortages
        self.env["stock.promise.guard"]._settle_unseen(contested)
        return self._prepare_case(demand, excluded_orders).find_shortages()

    def _find_obstacles(self, demand, orders):
        """Return why ``orders`` cannot be confirmed: short stock or no warehouse."""
        return self._prepare_case(demand, orders).find_obstacles()

    def _prepare_case(self, demand, excluded_orders):
        """Return all facts about ``demand`` without writing anything.

        :param excluded_orders: orders whose own demand is not deducted, or None
        :rtype: decision.Case
        """
        demand = [Demand(*row) for row in demand]
        is_whole = excluded_orders is not None
        placed = [row for row in demand if row.warehouse]
        keys = {(row[1].id, row[2].id): row[1:3] for row in placed}
        products = self.env["product.product"].union(*(row.product for row in placed))
        warehouses = self.env["stock.warehouse"].union(
            *(row.warehouse for row in placed)
        )
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(products, warehouses, excluded_orders)
        )
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        left = self._get_left(placed, availability, excluded_orders)
        return Case(
            demand,
            stock={key: left[ids] for ids, key in keys.items()},
            policies=self.env["stock.policy"]._get_promise_policies(
                placed, availability, digits
            ),
            components={key: availability[ids] for ids, key in keys.items()},
            orders=self._get_case_orders(demand),
            doubtful=frozenset(self._filter_ambiguous(placed if is_whole else ())),
            digits=digits,
        )

    def _get_left(self, demand, availability, excluded_orders):
        """Return ``{(product_id, warehouse_id): quantity}`` available to ``demand``."""
        return {key: row["displayed"] for key, row in availability.items()}

    def _get_case_orders(self, demand):
        """Return ``{line: order}``, with the saved order even for new lines."""
        lines = {row.line: row.line.order_id for row in demand}
        return {line: order._origin or order for line, order in lines.items()}

    def _filter_ambiguous(self, demand):
        """Return the rows of ``demand`` whose warehouse is ambiguous."""
        orders = {row.line.order_id for row in demand}
        ambiguous = {order for order in orders if order._needs_warehouse_approval()}
        return [
            row
            for row in demand
            if row.line.order_id in ambiguous
            and row.warehouse == row.line.order_id.warehouse_id
        ]

    # ------------------------------------------------------------------
    # Decisions of this transaction
    # ------------------------------------------------------------------

    def _has_passed(self, order):
        passed = VERDICTS.get(self.env.cr).get(order.id)
        return passed is not None and passed == self._get_fingerprint(order)

    def _remembering(self, orders):
        """Skip a second decision on ``orders`` unless their demand changes."""
        verdicts = {order.id: self._get_fingerprint(order) for order in orders}
        cr = self.env.cr
        return VERDICTS.setting(cr, {**VERDICTS.get(cr), **verdicts})

    def _measuring(self):
        """Store the promisable quantities for other code within this decision."""
        return PROMISABLE.setting(self.env.cr, {})

    def _get_fingerprint(self, order):
        return tuple(
            (
                line.id,
                line.product_id.id,
                line.product_uom_id.id,
                line.product_uom_qty,
                line.warehouse_id.id,
            )
            for line in order.order_line
        )
