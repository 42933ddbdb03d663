# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Decide whether orders can be promised, from demand, stock and policy.

This module does not use Odoo: lines, products, warehouses and orders can be any
hashable object; quantities are floats in the product's unit. It stores nothing, so a
quotation, a preview and a confirmation all get the same answer.

>>> demand = [Demand("line 1", "desk", "north", 3.0),
...           Demand("line 2", "desk", "north", 4.0)]
>>> case = Case(
...     demand,
...     stock={("desk", "north"): 5.0},
...     policies={("desk", "north"): Policy(source="Company")},
... )
>>> [short] = case.find_obstacles()
>>> short.line, short.requested, short.available, short.shortfall
('line 2', 4.0, 2.0, 2.0)
>>> short.reasons
(Reason(kind='policy', detail='Company'),)

The outcome depends on the company's phase and on earlier approvals.

>>> decide_order("S1", [short], Terms("hard", "block")).outcome
'refuse'
>>> decide_order("S1", [short], Terms("hard", "block", is_approved=True)).outcome
'pass'
>>> decide_increase("S1", short, Terms("soft", "block"), can_be_approved=True).outcome
'keep'

Backorders are allowed up to their limit.

>>> limit = Limit(6.0, "up to 1 beyond stock")
>>> [short] = Case(demand, {("desk", "north"): 5.0},
...     {("desk", "north"): Policy(True, limit=limit)}).find_obstacles()
>>> short.available, short.reasons[0].detail
(3.0, 'up to 1 beyond stock')
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import copysign, floor, isfinite
from typing import NamedTuple

# Possible outcomes.
PASS, RECORD, REFUSE = "pass", "record", "refuse"
#: Approval is requested; a paid or signed order is confirmed, its delivery withheld.
PENDING, WITHHOLD = "pending", "withhold"
#: The line keeps its quantity; approval is requested for the increase.
KEEP = "keep"


class Demand(NamedTuple):
    """The open demand of an order line for one product. A kit has several."""

    line: Hashable
    product: Hashable
    warehouse: Hashable
    quantity: float

    @property
    def key(self):
        return self.product, self.warehouse


class Limit(NamedTuple):
    """The total quantity of a product that may be promised in a warehouse."""

    quantity: float
    reason: str


class Lock(NamedTuple):
    """The lock of an open discrepancy: ``hard``, ``soft`` or ``monitor``."""

    kind: str
    name: str
    record: Hashable = None


class Reason(NamedTuple):
    """Why a line cannot be promised: ``policy``, ``limit``, ``hard``, ``soft`` or
    ``warehouse``, and the setting or discrepancy that causes it."""

    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Policy:
    """How far a product may be promised beyond stock in a warehouse."""

    is_allowed: bool = False
    #: The record that the setting comes from.
    source: str = ""
    limit: Limit | None = None
    locks: tuple[Lock, ...] = ()

    def get_reasons(self, is_short):
        """Return why a line cannot be promised, or an empty tuple.

        A hard lock makes the product short even if backorders are allowed; a soft
        lock has to be acknowledged even if there is enough stock.
        """
        reasons = [Reason("policy", self.source)] * (is_short and not self.is_allowed)
        kinds = ("hard", "soft") if is_short else ("soft",)
        locks = [Reason(lock.kind, lock.name) for lock in self.locks]
        return (*reasons, *(reason for reason in locks if reason.kind in kinds))


@dataclass(frozen=True)
class Shortage:
    """A line whose demand exceeds what can be promised, in the product's unit."""

    order: Hashable
    line: Hashable
    product: Hashable
    warehouse: Hashable
    requested: float
    available: float
    reasons: tuple[Reason, ...]
    #: The figures that add up to the availability.
    components: Mapping = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()

    @property
    def shortfall(self):
        """The missing quantity: zero if only a soft lock has to be acknowledged."""
        return max(0.0, self.requested - self.available)

    @property
    def is_stock_missing(self):
        """Whether stock is missing or locked, not just the warehouse."""
        return bool(self.shortfall or self.locks)


@dataclass(frozen=True)
class Case:
    """All facts that a decision is based on."""

    demand: Sequence[Demand]
    #: The available quantity by product and warehouse.
    stock: Mapping[tuple, float]
    policies: Mapping[tuple, Policy]
    #: The figures behind the stock, and the order of each line.
    components: Mapping[tuple, Mapping] = field(default_factory=dict)
    orders: Mapping[Hashable, Hashable] = field(default_factory=dict)
    #: Demand whose warehouse is ambiguous.
    doubtful: frozenset[Demand] = frozenset()
    #: Decimal places to compare at.
    digits: int = 2

    def find_obstacles(self):
        """Return a :class:`Shortage` for each line that lacks stock or a warehouse."""
        found = self.find_shortages()
        if self.doubtful:
            found = self._add_doubtful(found)
        unplaced = [row for row in self.demand if not row.warehouse]
        return found + [self._get_unplaced(row, 0.0) for row in unplaced]

    def _add_doubtful(self, shortages):
        """Return ``shortages`` and each line with an ambiguous warehouse."""
        found = {(row.line, row.product, row.warehouse): row for row in shortages}
        for row in self.demand:
            if row not in self.doubtful:
                continue
            shortage = self._get_unplaced(row, row.quantity)
            if short := found.get(row[:3]):
                reasons = short.reasons + shortage.reasons
                shortage = replace(short, reasons=reasons)
            found[row[:3]] = shortage
        return list(found.values())

    def _get_unplaced(self, row, available):
        order = self.orders.get(row.line)
        return Shortage(order, *row, available, (Reason("warehouse"),))

    def find_shortages(self):
        """Return a :class:`Shortage` for each line that stock and policy do not allow.

        Stock is assigned to the lines in order, so the last lines are short.
        """
        left = dict(self.stock)
        limits = {key: policy.limit for key, policy in self.policies.items()}
        limits = {key: max(0.0, row.quantity) for key, row in limits.items() if row}
        shortages = []
        for row in self.demand:
            if not row.warehouse:
                continue
            available = _take(left, row)
            allowed = _take(limits, row) if row.key in limits else None
            available, reasons = self._compare(row, available, allowed)
            if reasons:
                shortages.append(
                    Shortage(
                        self.orders.get(row.line),
                        *row,
                        available,
                        reasons,
                        self.components.get(row.key, {}),
                        self.policies[row.key].locks,
                    )
                )
        return shortages

    def _compare(self, row, available, allowed):
        """Return the quantity of ``row`` that can be promised, and what limits it.

        If backorders are allowed up to a limit, only the quantity beyond it is short.
        """
        policy = self.policies[row.key]
        is_short = exceeds(row.quantity, available, self.digits)
        reasons = policy.get_reasons(is_short)
        if (
            not reasons
            and allowed is not None
            and exceeds(row.quantity, allowed, self.digits)
        ):
            return allowed, (Reason("limit", policy.limit.reason),)
        return available, reasons

    def is_contested(self, shortage, unseen):
        """Whether the line would not be short without the ``unseen`` quantity, which
        others promise at the same time.

        >>> short = Shortage("S1", "line", "desk", "north", 2.0, 0.0, (),
        ...     {"atp": -1.0})
        >>> case = Case([], {}, {})
        >>> case.is_contested(short, 3.0), case.is_contested(short, 2.0)
        (True, False)
        """
        if any(reason.kind == "limit" for reason in shortage.reasons):
            return True
        available = shortage.components.get("atp", 0.0) + unseen
        return not exceeds(shortage.requested, available, self.digits)

    def is_only_about(self, order):
        """Whether ``order`` is the only order of this case."""
        return set(self.orders.values()) == {order}

    def get_requested(self):
        """Return ``{(product, warehouse): quantity}`` of all lines together."""
        return add_up(self.demand)

    def find_monitored(self):
        """Return ``[(order, monitoring locks of one of its products)]``."""
        found = {}
        for row in self.demand:
            policy = self.policies.get(row.key, Policy())
            locks = [lock for lock in policy.locks if lock.kind == "monitor"]
            if locks:
                found.setdefault((self.orders.get(row.line), row.key), locks)
        return [(order, locks) for (order, _key), locks in found.items()]


def find_exceeding_keys(demand, stock, digits):
    """Return each ``(product, warehouse)`` whose demand exceeds ``stock``."""
    requested = add_up(demand)
    return [
        key
        for key, quantity in requested.items()
        if exceeds(quantity, stock[key], digits)
    ]


def add_up(demand):
    """Return ``{(product, warehouse): quantity}`` of all rows together."""
    requested = {}
    for row in demand:
        requested[row.key] = requested.get(row.key, 0.0) + row.quantity
    return requested


def _take(left, row):
    """Return what is left for ``row``, and subtract its demand."""
    available = left[row.key]
    left[row.key] = max(0.0, available - row.quantity)
    return available


def exceeds(quantity, available, digits):
    """Whether ``quantity`` is greater than ``available`` at ``digits`` decimal places.

    >>> exceeds(5.001, 5.0, 2), exceeds(5.01, 5.0, 2), exceeds(0.1 + 0.2, 0.3, 2)
    (False, True, False)
    """
    return _count_steps(quantity, digits) > _count_steps(available, digits)


def _count_steps(quantity, digits):
    """Return ``quantity`` in units of the last decimal place, rounded half up."""
    scaled = quantity * 10**digits
    # a sum of floats may be slightly below the tie
    steps = abs(scaled) * (1 + 2**-50) + 0.5
    return copysign(floor(steps), scaled) if isfinite(steps) else scaled


# ----------------------------------------------------------------------
# Outcome
# ----------------------------------------------------------------------


class Terms(NamedTuple):
    """The other facts that decide about an order that is short."""

    #: ``dark``, ``soft`` or ``hard``.
    phase: str
    #: ``block`` or ``pending``: the company's shortage policy.
    shortage_policy: str
    #: Whether the whole shortage has been approved.
    is_approved: bool = False
    #: Whether the customer has paid or signed; such an order is never refused.
    is_secured: bool = False


@dataclass(frozen=True)
class Decision:
    """The outcome for an order, or for a line that is increased."""

    order: Hashable
    outcome: str
    shortages: tuple[Shortage, ...] = ()
    #: Whether the decision is about the whole order.
    is_whole: bool = True


def decide_order(order, shortages, terms):
    """Return the :class:`Decision` about the confirmation of ``order``."""
    return Decision(order, _get_outcome(shortages, terms), tuple(shortages))


def _get_outcome(shortages, terms):
    if not shortages:
        return PASS
    if terms.phase == "dark":
        return RECORD
    if terms.is_approved:
        return PASS
    if terms.is_secured:
        return WITHHOLD
    if terms.phase == "hard" and terms.shortage_policy == "block":
        return REFUSE
    return PENDING if all(shortage.warehouse for shortage in shortages) else REFUSE


def decide_increase(order, shortage, terms, can_be_approved):
    """Return the :class:`Decision` about an increased line of a confirmed order.

    An approval requires a reason, and only a request has one.

    :param can_be_approved: whether the line can keep its quantity until approval
    """
    if terms.phase == "dark":
        outcome = RECORD
    elif terms.phase == "hard" and terms.shortage_policy == "block":
        outcome = REFUSE
    else:
        outcome = KEEP if can_be_approved else REFUSE
    return Decision(order, outcome, (shortage,), is_whole=False)
