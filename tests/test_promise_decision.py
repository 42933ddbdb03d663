# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools import float_compare

from .. import decision, promise_queue
from ..decision import (
    Case,
    Demand,
    Limit,
    Lock,
    Policy,
    Terms,
    decide_increase,
    decide_order,
    exceeds,
    find_exceeding_keys,
)
from ..promise_queue import Claim, find_losers

KEYS = [(product, warehouse) for product in "ab" for warehouse in ("n", "s")]
quantities = st.integers(0, 2000).map(lambda cents: cents / 100)
locks = st.lists(
    st.sampled_from(["hard", "soft", "monitor"]).map(lambda kind: Lock(kind, kind)),
    max_size=2,
).map(tuple)
policies = st.builds(
    Policy,
    st.booleans(),
    st.just("who"),
    st.none() | st.builds(Limit, quantities, st.just("limit")),
    locks,
)


@st.composite
def cases(draw):
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from("ab"), st.sampled_from(["n", "s", None]), quantities
            )
        )
    )
    demand = [Demand(line, *row) for line, row in enumerate(rows)]
    doubtful = draw(st.sets(st.sampled_from(demand))) if demand else ()
    return Case(
        demand,
        stock={key: draw(quantities) for key in KEYS},
        policies={key: draw(policies) for key in KEYS},
        orders={row.line: row.line % 3 for row in demand},
        doubtful=frozenset(row for row in doubtful if row.warehouse),
    )


@tagged("post_install", "-at_install")
class TestPromiseDecision(BaseCase):
    """B3, B4, B9: the decision by itself, without a database."""

    def test_examples(self):
        """B3, B5: the doctests of the modules pass."""
        for module in (decision, promise_queue):
            self.assertEqual(doctest.testmod(module).failed, 0)

    @given(
        st.lists(st.tuples(st.integers(0, 9), quantities), max_size=6),
        st.lists(st.tuples(st.integers(1, 9), quantities), max_size=5),
        st.tuples(st.integers(0, 9), quantities),
    )
    def test_only_later_orders_lose(self, demand, coming, requested):
        """B5: no more is lost than the new order takes, and only by later orders."""
        claims = [
            Claim(number, (rank, number), missing)
            for number, (rank, missing) in enumerate(demand)
        ]
        own = Claim("own", (requested[0], len(demand)), requested[1])
        losers = find_losers(claims, sorted(coming), own)
        lost = sum(before.quantity - after.quantity for before, after in losers)
        self.assertLessEqual(lost, own.missing + 1e-6)
        for before, after in losers:
            self.assertEqual(before.order, after.order)
            self.assertGreater(before.position, own.position)

    @given(
        st.floats(0, 1e12, allow_nan=False),
        st.integers(-300, 300),
        st.integers(0, 5),
    )
    def test_quantities_are_compared_as_odoo_does(self, quantity, steps, digits):
        """B3: quantities are rounded as everywhere else in Odoo."""
        available = quantity + steps * 10**-digits / 100
        self.assertEqual(
            exceeds(quantity, available, digits),
            float_compare(quantity, available, precision_digits=digits) > 0,
        )

    @given(cases())
    def test_nothing_is_promised_twice(self, case):
        """B3: without permission, only available stock passes, for all lines
        together."""
        short = {shortage.line for shortage in case.find_obstacles()}
        for key in KEYS:
            if case.policies[key].is_allowed:
                continue
            passed = [
                row for row in case.demand if row.key == key and row.line not in short
            ]
            if passed:
                exceeding = find_exceeding_keys(passed, case.stock, case.digits)
                self.assertFalse(exceeding)

    @given(cases())
    def test_limit_holds_for_all_lines_together(self, case):
        """B16: with a limited permission, the total stays within stock or limit."""
        short = {shortage.line for shortage in case.find_obstacles()}
        for key in KEYS:
            policy = case.policies[key]
            if not (policy.is_allowed and policy.limit):
                continue
            passed = sum(
                row.quantity
                for row in case.demand
                if row.key == key and row.line not in short
            )
            self.assertFalse(exceeds(passed, policy.limit.quantity, case.digits))

    @given(cases())
    def test_every_obstacle_has_a_reason_and_a_line(self, case):
        """B2, B10: every refusal has a reason, once for each line; a line without a
        warehouse or with a soft lock never passes."""
        obstacles = case.find_obstacles()
        lines = [shortage.line for shortage in obstacles]
        self.assertEqual(len(lines), len(set(lines)))
        for shortage in obstacles:
            self.assertTrue(shortage.reasons)
            self.assertEqual(shortage.order, case.orders[shortage.line])
        for row in case.demand:
            locked = row.warehouse and any(
                lock.kind == "soft" for lock in case.policies[row.key].locks
            )
            if locked or not row.warehouse or row in case.doubtful:
                self.assertIn(row.line, lines)

    @given(cases())
    def test_more_stock_makes_no_line_short(self, case):
        """B3: with more stock, no additional line becomes short."""
        more = Case(
            case.demand,
            {key: quantity + 5 for key, quantity in case.stock.items()},
            case.policies,
        )
        self.assertLessEqual(
            {shortage.line for shortage in more.find_shortages()},
            {shortage.line for shortage in case.find_shortages()},
        )

    @given(
        cases(),
        st.builds(
            Terms,
            st.sampled_from(["dark", "soft", "hard"]),
            st.sampled_from(["block", "pending"]),
            st.booleans(),
            st.booleans(),
        ),
        st.booleans(),
    )
    def test_outcomes(self, case, terms, can_be_approved):
        """B4, B9: the monitor phase stops nothing, paid orders are never refused, and
        only the enforce phase with Block refuses instead of requesting approval."""
        shortages = case.find_obstacles()
        outcome = decide_order("S1", shortages, terms).outcome
        if not shortages:
            self.assertEqual(outcome, "pass")
            return
        self.assertEqual(outcome == "record", terms.phase == "dark")
        if terms.is_secured or terms.is_approved:
            self.assertNotIn(outcome, ("refuse", "pending"))
        is_placed = all(shortage.warehouse for shortage in shortages)
        if terms.phase == "soft" and is_placed:
            self.assertNotEqual(outcome, "refuse")
        grown = decide_increase("S1", shortages[0], terms, can_be_approved).outcome
        self.assertEqual(grown == "record", terms.phase == "dark")
        self.assertLessEqual(grown == "keep", can_be_approved)
