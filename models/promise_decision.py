# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from types import MappingProxyType

from odoo import models
from odoo.tools import groupby

from ..decision import (
    KEEP,
    WAIT,
    Case,
    Demand,
    Terms,
    decide_increase,
    decide_order,
)
from ..transaction import TransactionVar

# Ids of order lines that grow by a decision.
GRANTED = TransactionVar(frozenset())
# Quantity that only changes its order, by product and warehouse; None where demand
# does not go from one order to another.
MOVED = TransactionVar()
# What the running confirmation could promise, by product and warehouse.
PROMISABLE = TransactionVar()
# The demand with which an order passed, by order id.
VERDICTS = TransactionVar(MappingProxyType({}))


class PromiseDecision(models.AbstractModel):
    """The only place where a requested quantity meets an available one.

    The way of a promise, from top to bottom: who asks (an order is confirmed, a
    confirmed line grows, or a delivery takes more), what there is, what may be, the
    decision, and what follows from it. All who ask are decided on alike: the demand
    of one product and warehouse is summed over all lines of all orders. The decision
    itself is made in ``decision``, without Odoo; see :meth:`_carry_out` for
    all that follows.
    """

    _name = "promise.decision"
    _description = "Order Validator"

    # ------------------------------------------------------------------
    # Who asks: orders that are about to be confirmed
    # ------------------------------------------------------------------

    def _check_orders(self, orders):
        """Decide on ``orders`` as they are about to be confirmed.

        :return: the orders that have to wait for approval
        :raise OrderValidationError: naming every short line of every order that
            is refused
        """
        demand = orders.order_line._get_promise_demand()
        self._guard(demand)
        case = self._prepare_case(demand, orders)
        short = dict(groupby(case.find_obstacles(), lambda row: row.order))
        decisions = [
            self._decide_order(order, short.get(order, []))
            for order in [*short, *(each for each in orders if each not in short)]
        ]
        self._carry_out(case, decisions)
        waiting = {each.order for each in decisions if each.outcome == WAIT}
        return orders.filtered(lambda order: order in waiting)

    def _decide_order(self, order, shortages):
        """Return the decision about ``order``, which writes nothing yet."""
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
    # Who asks: confirmed lines and deliveries that grow
    # ------------------------------------------------------------------

    def _check_increase(self, demand, may_wait=False):
        """Decide on demand that is added to confirmed orders.

        :param demand: as from ``sale.order.line._get_promise_demand``
        :param may_wait: whether the caller can leave the old quantity and ask
        :return: the shortages that have to wait for approval
        :raise OrderValidationError: where nobody can be asked, or the company
            refuses; the old quantity stays
        """
        if not demand:
            return []
        self._guard(demand)
        case = self._prepare_case(demand, None)
        granted = GRANTED.get(self.env.cr)
        decisions = [
            self._decide_increase(shortage, may_wait)
            for shortage in case.find_shortages()
            if shortage.line._origin.id not in granted
        ]
        self._carry_out(case, decisions)
        return [each.shortages[0] for each in decisions if each.outcome == KEEP]

    def _decide_increase(self, shortage, may_wait):
        company = shortage.order.company_id
        terms = Terms(company.promise_phase, company.shortage_policy)
        return decide_increase(shortage.order, shortage, terms, may_wait)

    def _granting(self, lines):
        """Let ``lines`` grow as somebody has just decided, within."""
        return GRANTED.setting(self.env.cr, frozenset(lines.ids))

    def _check_moves(self, extra):
        """Decide on what deliveries take beyond what their order lines ask for.

        Nobody can be asked for more on a delivery: the order is the place for it.

        :param extra: ``{move: additional quantity in the product's unit}``
        """
        self._check_increase(
            [
                Demand(
                    # any line names the order of a move that has none of its own
                    move.sale_line_id or move.picking_id.sale_id.order_line[:1],
                    move.product_id,
                    move.location_id.warehouse_id,
                    quantity,
                )
                for move, quantity in extra.items()
            ]
        )

    def _moving(self, demand):
        """Decide no second time, within, on what only goes to another order.

        :param demand: ``{(product, warehouse): quantity}`` in the product's unit;
            whatever is added beyond is decided on as ever
        """
        return MOVED.setting(self.env.cr, dict(demand))

    def _leave_out_moved(self, demand):
        """Return ``demand`` without what another order has just given up."""
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
    # What there is, and what may be
    # ------------------------------------------------------------------

    def _guard(self, demand):
        """Let no other decision about the same stock happen at the same time."""
        self.env["stock.promise.guard"]._touch(self._get_guarded_keys(demand))

    def _get_guarded_keys(self, demand):
        return [
            (product.id, warehouse.id)
            for line, product, warehouse, _quantity in demand
            if warehouse and line.order_id.company_id.promise_phase != "dark"
        ]

    def _find_shortages(self, demand, excluded_orders):
        """Return a ``Shortage`` for each line that stock and policy do not allow."""
        return self._prepare_case(demand, excluded_orders).find_shortages()

    def _find_obstacles(self, demand, orders):
        """Return what stands against confirming ``orders``: stock, or no warehouse."""
        return self._prepare_case(demand, orders).find_obstacles()

    def _prepare_case(self, demand, excluded_orders):
        """Return all that is known about ``demand``; nothing is written.

        :param excluded_orders: the orders that do not compete with themselves, or None
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
            doubtful=frozenset(self._filter_by_chance(placed if is_whole else ())),
            digits=digits,
        )

    def _get_left(self, demand, availability, excluded_orders):
        """Return ``{(product_id, warehouse_id): quantity}`` there is for ``demand``."""
        return {key: row["displayed"] for key, row in availability.items()}

    def _get_case_orders(self, demand):
        """Return ``{line: order}``: the order itself, also of a line not written."""
        lines = {row.line: row.line.order_id for row in demand}
        return {line: order._origin or order for line, order in lines.items()}

    def _filter_by_chance(self, demand):
        """Return the rows of ``demand`` that ship from where nobody said."""
        orders = {row.line.order_id for row in demand}
        asking = {order for order in orders if order._is_warehouse_asked_for()}
        return [
            row
            for row in demand
            if row.line.order_id in asking
            and row.warehouse == row.line.order_id.warehouse_id
        ]

    # ------------------------------------------------------------------
    # What is remembered of this transaction
    # ------------------------------------------------------------------

    def _has_passed(self, order):
        passed = VERDICTS.get(self.env.cr).get(order.id)
        return passed is not None and passed == self._get_fingerprint(order)

    def _remembering(self, orders):
        """Decide on ``orders`` no second time within, unless their demand changes."""
        verdicts = {order.id: self._get_fingerprint(order) for order in orders}
        cr = self.env.cr
        return VERDICTS.setting(cr, {**VERDICTS.get(cr), **verdicts})

    def _measuring(self):
        """Keep what could be promised for whoever asks within the same decision."""
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
