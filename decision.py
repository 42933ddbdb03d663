# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whether orders can be promised: demand, stock and policy make a decision.

No Odoo in here: lines, products, warehouses and orders are anything that can be the
key of a dictionary, quantities are floats in the product's unit. Nothing is written
and nothing is remembered, so that a quotation, a preview and a confirmation all come
to the same answer.

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

What follows depends on the phase of the company, and on what has happened before.

>>> decide_order("S1", [short], Terms("hard", "block")).outcome
'refuse'
>>> decide_order("S1", [short], Terms("hard", "block", is_approved=True)).outcome
'pass'
>>> decide_increase("S1", short, Terms("soft", "block"), may_wait=True).outcome
'keep'

Backorders are allowed up to their limit; beyond it they are not.

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

# What may be decided.
PASS, RECORD, WAIT, WITHHOLD, REFUSE = "pass", "record", "wait", "withhold", "refuse"
#: A line keeps its quantity; the rest is asked for.
KEEP = "keep"


class Demand(NamedTuple):
    """What one order line still asks for of one product; several of a kit."""

    line: Hashable
    product: Hashable
    warehouse: Hashable
    quantity: float

    @property
    def key(self):
        return self.product, self.warehouse


class Limit(NamedTuple):
    """What may be promised of a product in a warehouse in all, stock or not."""

    quantity: float
    reason: str


class Lock(NamedTuple):
    """What an open discrepancy does: ``hard``, ``soft`` or ``monitor``."""

    kind: str
    name: str
    record: Hashable = None


class Reason(NamedTuple):
    """Why a line cannot be kept: ``policy``, ``limit``, ``hard``, ``soft`` or
    ``warehouse``, and whose word it is."""

    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Policy:
    """What may be promised of a product in a warehouse, beyond what there is."""

    is_allowed: bool = False
    #: Who says so.
    source: str = ""
    limit: Limit | None = None
    locks: tuple[Lock, ...] = ()

    def get_reasons(self, is_short):
        """Return why a line cannot be kept as it is; nothing where it can.

        A hard lock makes the product short even where backorders are allowed; a soft
        one has to be acknowledged however much there is.
        """
        reasons = [Reason("policy", self.source)] * (is_short and not self.is_allowed)
        kinds = ("hard", "soft") if is_short else ("soft",)
        locks = [Reason(lock.kind, lock.name) for lock in self.locks]
        return (*reasons, *(reason for reason in locks if reason.kind in kinds))


@dataclass(frozen=True)
class Shortage:
    """One line that asks for more than can be promised; product's unit."""

    order: Hashable
    line: Hashable
    product: Hashable
    warehouse: Hashable
    requested: float
    available: float
    reasons: tuple[Reason, ...]
    #: The figures that the availability is made of.
    components: Mapping = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()

    @property
    def shortfall(self):
        """What is missing; nothing where only a soft lock has to be acknowledged."""
        return max(0.0, self.requested - self.available)

    @property
    def is_stock_missing(self):
        """Whether it is not only a warehouse that has to be chosen."""
        return bool(self.shortfall or self.locks)


@dataclass(frozen=True)
class Case:
    """All that is known when demand is decided on."""

    demand: Sequence[Demand]
    #: What there is, by product and warehouse.
    stock: Mapping[tuple, float]
    policies: Mapping[tuple, Policy]
    #: The figures behind the stock, and the order of each line.
    components: Mapping[tuple, Mapping] = field(default_factory=dict)
    orders: Mapping[Hashable, Hashable] = field(default_factory=dict)
    #: Rows of the demand whose warehouse nobody has chosen for sure.
    doubtful: frozenset[Demand] = frozenset()
    #: Decimal places that count.
    digits: int = 2

    def find_obstacles(self):
        """Return a :class:`Shortage` for each line that cannot be kept, whether stock
        is missing or the warehouse."""
        found = self.find_shortages()
        if self.doubtful:
            found = self._add_doubtful(found)
        unplaced = [row for row in self.demand if not row.warehouse]
        return found + [self._get_unplaced(row, 0.0) for row in unplaced]

    def _add_doubtful(self, shortages):
        """Return ``shortages`` and each line whose warehouse nobody has chosen."""
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

        Lines are served in their order, so that the last ones are short.
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
        """Return what can be promised of ``row``, and why not all of it.

        Where backorders are allowed up to a limit, only what is beyond it is short.
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

    def is_only_about(self, order):
        """Whether no other order was decided on at the same time."""
        return set(self.orders.values()) == {order}

    def get_requested(self):
        """Return ``{(product, warehouse): quantity}`` of all lines together."""
        return add_up(self.demand)

    def find_monitored(self):
        """Return ``[(order, the monitoring locks of one product it asks for)]``."""
        found = {}
        for row in self.demand:
            policy = self.policies.get(row.key, Policy())
            locks = [lock for lock in policy.locks if lock.kind == "monitor"]
            if locks:
                found.setdefault((self.orders.get(row.line), row.key), locks)
        return [(order, locks) for (order, _key), locks in found.items()]


def find_exceeding_keys(demand, stock, digits):
    """Return each ``(product, warehouse)`` of which more is asked for than there is."""
    asked = add_up(demand)
    return [
        key for key, quantity in asked.items() if exceeds(quantity, stock[key], digits)
    ]


def add_up(demand):
    """Return ``{(product, warehouse): quantity}`` of all rows together."""
    asked = {}
    for row in demand:
        asked[row.key] = asked.get(row.key, 0.0) + row.quantity
    return asked


def _take(left, row):
    """Return what is left for ``row``, and take what it asks for."""
    available = left[row.key]
    left[row.key] = max(0.0, available - row.quantity)
    return available


def exceeds(quantity, available, digits):
    """Whether ``quantity`` is more than ``available``, at so many decimal places.

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
# What follows
# ----------------------------------------------------------------------


class Terms(NamedTuple):
    """What else counts about an order that is short."""

    #: ``dark``, ``soft`` or ``hard``.
    phase: str
    #: ``block`` or ``pending``: what the company does with shortages.
    shortage_policy: str
    #: Whether all that is short was approved.
    is_approved: bool = False
    #: Whether the customer has paid or signed: the order is never lost.
    is_secured: bool = False


@dataclass(frozen=True)
class Decision:
    """What follows for an order, or for a line that asks for more."""

    order: Hashable
    outcome: str
    shortages: tuple[Shortage, ...] = ()
    #: Whether the order as a whole was decided on.
    is_whole: bool = True


def decide_order(order, shortages, terms):
    """Return the :class:`Decision` about ``order``, which asks to be confirmed."""
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
    return WAIT if all(shortage.warehouse for shortage in shortages) else REFUSE


def decide_increase(order, shortage, terms, may_wait):
    """Return the :class:`Decision` about one line of a confirmed order that grows.

    An approval needs a reason, which only a request has: nobody passes without one.

    :param may_wait: whether the line can keep its quantity and ask for the rest
    """
    if terms.phase == "dark":
        outcome = RECORD
    elif terms.phase == "hard" and terms.shortage_policy == "block":
        outcome = REFUSE
    else:
        outcome = KEEP if may_wait else REFUSE
    return Decision(order, outcome, (shortage,), is_whole=False)
