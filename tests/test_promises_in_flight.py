# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The rules of ``stock.promise.guard`` as a model, tried in every order of events."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from odoo.tests import BaseCase, tagged

RUNNING, COMMITTED, ABORTED = "running", "committed", "aborted"
# What an order does next; the last two are its end.
BEGIN, CLAIM, DECIDE, SETTLE, COMMIT, PROMISED, REFUSED, CRASHED = range(8)


class Order(NamedTuple):
    """An order in the middle of its confirmation."""

    demand: tuple
    step: int = BEGIN
    transaction: int = -1
    #: The transactions that its snapshot contains.
    snapshot: frozenset = frozenset()
    #: The claims of others that the snapshot does not contain.
    unseen: tuple = ()

    @property
    def is_over(self):
        return self.step >= PROMISED


@dataclass(frozen=True)
class World:
    """Stock, the confirmations of some orders, and what the server stores."""

    stock: tuple
    orders: tuple
    #: ``(transaction, demand)``
    claims: tuple = ()
    #: How each transaction stands.
    status: tuple = ()
    #: ``(transaction, demand)`` of what was written; it counts once committed.
    promises: tuple = ()
    is_claiming: bool = field(default=True, compare=False)

    def get_promised(self, transactions):
        return self._add_up(row for row in self.promises if row[0] in transactions)

    def get_committed(self):
        return {id_ for id_, state in enumerate(self.status) if state == COMMITTED}

    def _add_up(self, rows):
        total = [0] * len(self.stock)
        for _transaction, demand in rows:
            total = [sum(pair) for pair in zip(total, demand, strict=True)]
        return total

    def is_short(self, order, unseen=()):
        taken = self.get_promised(order.snapshot)
        taken = zip(taken, self._add_up(unseen), strict=True)
        return any(
            wanted > there - sum(gone)
            for wanted, there, gone in zip(order.demand, self.stock, taken, strict=True)
        )

    # What may happen next

    def get_next(self):
        """Return every world that one event leads to."""
        return [
            world
            for index, order in enumerate(self.orders)
            if not order.is_over
            for world in self._get_events(index, order)
        ]

    def _get_events(self, index, order):
        steps = [self._begin, self._claim, self._decide, self._settle, self._commit]
        if found := steps[order.step](index, order):
            yield found
        if order.step != BEGIN:
            yield self._end(index, order, CRASHED)

    def _set(self, index, order, **values):
        orders = (*self.orders[:index], order, *self.orders[index + 1 :])
        return replace(self, orders=orders, **values)

    def _end(self, index, order, step):
        status = list(self.status)
        status[order.transaction] = COMMITTED if step == PROMISED else ABORTED
        return self._set(index, order._replace(step=step), status=tuple(status))

    def _begin(self, index, order):
        order = order._replace(
            step=CLAIM,
            transaction=len(self.status),
            snapshot=frozenset(self.get_committed()),
            unseen=(),
        )
        return self._set(index, order, status=(*self.status, RUNNING))

    def _claim(self, index, order):
        """One short transaction: no other claim comes between reading and storing."""
        unseen = tuple(
            claim
            for claim in self.claims
            if claim[0] not in order.snapshot and self.status[claim[0]] != ABORTED
        )
        claims = ((order.transaction, order.demand),) if self.is_claiming else ()
        order = order._replace(step=DECIDE, unseen=unseen)
        return self._set(index, order, claims=(*self.claims, *claims))

    def _decide(self, index, order):
        if self.is_short(order):
            return self._end(index, order, REFUSED)
        if self.is_short(order, order.unseen):
            return self._set(index, order._replace(step=SETTLE))
        promise = order.transaction, order.demand
        order = order._replace(step=COMMIT)
        return self._set(index, order, promises=(*self.promises, promise))

    def _settle(self, index, order):
        """Wait for the others; repeat all if one of them kept its promise."""
        states = {self.status[transaction] for transaction, _demand in order.unseen}
        if RUNNING in states:
            return None
        if COMMITTED not in states:
            return self._set(index, order._replace(step=DECIDE, unseen=()))
        world = self._end(index, order, CRASHED)
        return world._set(index, world.orders[index]._replace(step=BEGIN))

    def _commit(self, index, order):
        return self._end(index, order, PROMISED)


def explore(world):
    """Yield every world that can be reached, with the worlds that follow it."""
    known, rest = {world}, [world]
    while rest:
        world = rest.pop()
        following = world.get_next()
        yield world, following
        fresh = set(following) - known
        known |= fresh
        rest += fresh


@tagged("post_install", "-at_install")
class TestPromisesInFlight(BaseCase):
    """B8: three orders for two products, in every order of claims, commits, rollbacks
    and crashes."""

    def _explore(self, stock, *demands, **options):
        orders = tuple(Order(demand) for demand in demands)
        return list(explore(World(stock, orders, **options)))

    def _assert_kept(self, stock, *demands):
        worlds = self._explore(stock, *demands)
        for world, following in worlds:
            self._assert_not_oversold(world)
            self._assert_never_stuck(world, following)
            for successor in following:
                self._assert_refused_with_reason(world, successor)
        return worlds

    def _assert_not_oversold(self, world):
        promised = world.get_promised(world.get_committed())
        for quantity, there in zip(promised, world.stock, strict=True):
            self.assertLessEqual(quantity, there, world)

    def _assert_never_stuck(self, world, following):
        self.assertTrue(following or all(order.is_over for order in world.orders))

    def _assert_refused_with_reason(self, world, successor):
        """Whoever is refused lacked stock by committed promises alone."""
        for before, after in zip(world.orders, successor.orders, strict=True):
            if after.step == REFUSED and before.step != REFUSED:
                now = after._replace(snapshot=frozenset(world.get_committed()))
                self.assertTrue(world.is_short(now), world)

    def test_contested_stock_is_promised_once(self):
        """B8: two of three orders can be kept, whichever they are."""
        worlds = self._assert_kept((2, 2), (1, 1), (1, 1), (1, 1))
        ends = {
            tuple(order.step for order in world.orders)
            for world, following in worlds
            if not following
        }
        self.assertIn((PROMISED, PROMISED, REFUSED), ends)
        self.assertNotIn((PROMISED, PROMISED, PROMISED), ends)
        self.assertFalse(
            [steps for steps in ends if CRASHED not in steps and REFUSED not in steps]
        )

    def test_no_order_is_refused_for_one_that_fails(self):
        """B8: a large order that cannot be kept takes nothing from the others."""
        for world, following in self._assert_kept((3, 3), (4, 0), (3, 0), (0, 3)):
            if not following and CRASHED not in [each.step for each in world.orders]:
                steps = [order.step for order in world.orders]
                self.assertEqual(steps, [REFUSED, PROMISED, PROMISED])

    def test_orders_that_share_products_crosswise(self):
        """B8: nobody waits for an order that waits for somebody else."""
        self._assert_kept((1, 1), (1, 0), (1, 1), (0, 1))
        self._assert_kept((2, 1), (1, 1), (2, 0), (1, 0))

    def test_without_claims_stock_is_promised_twice(self):
        """B8: the model does notice it."""
        worlds = self._explore((1, 1), (1, 0), (1, 0), is_claiming=False)
        with self.assertRaises(AssertionError):
            for world, _following in worlds:
                self._assert_not_oversold(world)
