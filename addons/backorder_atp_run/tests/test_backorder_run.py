# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp_promise_date.free_supply import FreeSupply
from odoo.addons.backorder_atp_promise_date.tests.test_promise_date import PromiseCommon

from ..reallocation import STRATEGIES, Demand, Reallocation


class RunCommon(PromiseCommon):
    def _create_run(self, *segments, **values):
        """Create a run with ``(domain, strategy)`` or segment values each."""
        return self.env["backorder.run"].create(
            {
                "segment_ids": [
                    Command.create(self._prepare_segment(i, segment))
                    for i, segment in enumerate(segments)
                ],
                **values,
            }
        )

    def _prepare_segment(self, index, segment):
        if isinstance(segment, dict):
            return segment
        domain, strategy = segment
        return {
            "sequence": index,
            "name": f"Segment {index}",
            "domain": domain,
            "strategy": strategy,
        }

    def _of(self, order):
        return f"[('order_id', '=', {order.id})]"

    def _get_line(self, run, order):
        return run.line_ids.filtered(lambda line: line.order_id == order)

    def _get_reserved(self, order):
        moves = order.order_line.move_ids
        return sum(moves.move_line_ids.mapped("quantity_product_uom"))


class ThreeOrdersCommon(RunCommon):
    """Three orders of 6 compete for 10 in stock and two receipts of 4."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 10)
        self.first = self._confirm((self.product, 6))
        self.second = self._confirm((self.product, 6))
        self.third = self._confirm((self.product, 6))
        self._expect(self.product, 4, 5)
        self._expect(self.product, 4, 9)
        self._check_promises()

    def _simulate(self, *segments, **values):
        run = self._create_run(*segments, **values)
        run.action_simulate()
        return run

    def _commit_run_before_more_comes(self):
        """Commit a run in which the third wins and the first loses, then add two to
        the stock."""
        run = self._simulate(
            (self._of(self.third), "win"),
            (self._of(self.second), "improve"),
            (self._of(self.first), "lose"),
        )
        run.action_commit()
        self._force_stock(self.product, 2)
        self.assertEqual(self._get_reserved(self.second), 4)
        return self.first | self.second | self.third

    def _assert_run_decided(self):
        self.assertEqual(self._get_reserved(self.second), 6)
        self.assertEqual(self._get_reserved(self.first), 0)


@tagged("post_install", "-at_install")
class TestBackorderRun(ThreeOrdersCommon):
    """B3, B4: runs are simulated and then committed."""

    # ------------------------------------------------------------------
    # Strategies
    # ------------------------------------------------------------------

    def test_current_allocation(self):
        """The queue: 6 of 6, 4 of 6, nothing; the rest on the 5th and 9th day."""
        run = self._simulate(("[]", "improve"))
        found = [
            (line.old_reserved, line.old_date, line.outcome)
            for line in run.line_ids.sorted("place")
        ]
        self.assertEqual(
            found,
            [
                (6, self._in(0), "same"),
                (4, self._in(5), "same"),
                (0, self._in(9), "same"),
            ],
        )

    def test_win_takes_stock_of_others(self):
        """Everything by the requested day, from lines with weaker strategies."""
        run = self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        winner = self._get_line(run, self.third)
        self.assertEqual((winner.new_reserved, winner.new_date), (6, self._in(0)))
        self.assertEqual(winner.outcome, "better")
        self.assertFalse(winner.is_exception)
        self.assertEqual(self._get_line(run, self.first).new_reserved, 4)
        self.assertEqual(self._get_line(run, self.second).new_reserved, 0)
        self.assertEqual(self._get_line(run, self.first).new_date, self._in(5))
        self.assertEqual((run.better_count, run.same_count, run.worse_count), (1, 0, 2))

    def test_win_that_cannot_is_an_exception(self):
        run = self._simulate(("[]", "win"))
        self.assertEqual(run.exception_count, 2)
        last = self._get_line(run, self.third)
        self.assertTrue(last.is_exception)
        self.assertIn("cannot be ready in time", last.reason)

    def test_gain_keeps_its_stock(self):
        """Never less than before, otherwise an exception."""
        run = self._simulate((self._of(self.third), "win"), ("[]", "gain"))
        self.assertTrue(self._get_line(run, self.second).is_exception)
        run = self._simulate((self._of(self.second), "gain"), ("[]", "redistribute"))
        second = self._get_line(run, self.second)
        self.assertEqual((second.new_reserved, second.is_exception), (6, False))
        self.assertEqual(second.outcome, "better")

    def test_line_that_loses_its_reservation_is_worse(self):
        """B4: also if it has no date before and after."""
        fourth = self._confirm((self.product, 9))
        run = self._simulate((self._of(fourth), "win"), ("[]", "redistribute"))
        losers = run.line_ids.filtered(
            lambda line: line.new_reserved < line.old_reserved
        )
        self.assertTrue(losers)
        self.assertEqual(set(losers.mapped("outcome")), {"worse"})
        self.assertGreaterEqual(run.worse_count, len(losers))

    def test_open_receipt_is_not_reserved(self):
        """B4: a receipt of today is not in stock yet; a commit cannot reserve it."""
        self._expect(self.product, 8, 0)
        run = self._simulate(("[]", "redistribute"))
        self.assertEqual(sum(run.line_ids.mapped("new_reserved")), 10)
        run.action_commit()
        for order in self.first + self.second + self.third:
            self.assertEqual(
                self._get_reserved(order), self._get_line(run, order).new_reserved
            )

    def test_lose_gives_up_everything(self):
        run = self._simulate((self._of(self.first), "lose"), ("[]", "improve"))
        loser = self._get_line(run, self.first)
        self.assertEqual((loser.new_reserved, loser.new_date), (0, False))
        self.assertEqual(loser.outcome, "worse")
        self.assertEqual(self._get_line(run, self.second).new_reserved, 6)
        self.assertEqual(self._get_line(run, self.third).new_reserved, 4)

    def test_fill_gets_no_more_than_before(self):
        run = self._simulate(
            (self._of(self.first), "lose"), (self._of(self.second), "fill")
        )
        filled = self._get_line(run, self.second)
        self.assertEqual((filled.new_reserved, filled.new_date), (4, self._in(5)))
        run = self._simulate(
            (self._of(self.first), "lose"), (self._of(self.second), "improve")
        )
        improved = self._get_line(run, self.second)
        self.assertEqual((improved.new_reserved, improved.new_date), (6, self._in(0)))

    def test_skip_is_not_changed(self):
        run = self._simulate(
            (self._of(self.second), "skip"),
            (self._of(self.third), "win"),
            ("[]", "improve"),
        )
        skipped = self._get_line(run, self.second)
        self.assertEqual((skipped.new_reserved, skipped.outcome), (4, "same"))
        self.assertEqual(self._get_line(run, self.third).new_reserved, 6)
        self.assertEqual(self._get_line(run, self.first).new_reserved, 0)

    def test_lines_without_a_segment_are_not_changed(self):
        run = self._simulate((self._of(self.third), "win"))
        self.assertEqual(self._get_line(run, self.first).new_reserved, 6)
        self.assertIn("in no segment", self._get_line(run, self.first).reason)
        self.assertTrue(self._get_line(run, self.third).is_exception)

    def test_orders_on_hold_are_not_changed(self):
        self._as("operator", self.second).action_hold("asked to wait")
        run = self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        held = self._get_line(run, self.second)
        self.assertEqual((held.strategy, held.new_reserved), ("skip", 4))
        self.assertIn("on hold", held.reason)

    def test_the_order_within_a_strategy_is_chosen(self):
        small = self._confirm((self.product, 1))
        segment = {"name": "All", "strategy": "redistribute", "domain": "[]"}
        run = self._simulate({**segment, "sort_order": "smallest"})
        self.assertEqual(run.line_ids.sorted("place")[0].order_id, small)
        run = self._simulate({**segment, "sort_order": "queue"})
        self.assertEqual(run.line_ids.sorted("place")[0].order_id, self.first)
        self.third.order_line.price_unit = 900
        run = self._simulate({**segment, "sort_order": "value"})
        self.assertEqual(run.line_ids.sorted("place")[0].order_id, self.third)
        run = self._simulate({**segment, "sort_order": "oldest"})
        self.assertEqual(run.line_ids.sorted("place")[-1].order_id, small)

    def test_failed_strategy_does_not_change_the_product(self):
        other = self._create_product("Another", allow_backorder="yes")
        self._set_stock(other, 2)
        self._confirm((other, 2))
        other_order = self._confirm((other, 2))
        segments = (
            ("[('product_id', '=', %d)]" % self.product.id, "win"),
            (self._of(other_order), "win"),
            ("[]", "improve"),
        )
        run = self._simulate(*segments, on_exception="product")
        self.assertIn("a strategy failed", self._get_line(run, self.third).reason)
        self.assertEqual(self._get_line(run, other_order).outcome, "better")
        run = self._simulate(*segments, on_exception="all")
        self.assertEqual(set(run.line_ids.mapped("outcome")), {"same"})

    def test_order_shipped_complete_takes_no_part(self):
        whole = self._confirm((self.product, 50), picking_policy="one")
        run = self._simulate(("[]", "redistribute"))
        self.assertEqual(self._get_line(run, whole).new_reserved, 0)

    # ------------------------------------------------------------------
    # Simulating changes nothing
    # ------------------------------------------------------------------

    def test_a_simulation_changes_nothing(self):
        before = [self._get_reserved(order) for order in self.first + self.second]
        dates = (self.first + self.second + self.third).mapped("promised_date")
        events = self.events.search_count([])
        self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        self.assertEqual(
            [self._get_reserved(order) for order in self.first + self.second], before
        )
        self.assertEqual(
            (self.first + self.second + self.third).mapped("promised_date"), dates
        )
        self.assertEqual(self.events.search_count([]), events)

    def test_two_simulations_side_by_side(self):
        one = self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        two = self._simulate(("[]", "improve"))
        two.compared_run_id = one
        line = self._get_line(two, self.third)
        self.assertEqual((line.new_reserved, line.compared_reserved), (0, 6))
        self.assertEqual(line.compared_outcome, "better")
        self.assertEqual((two.worse_count, two.compared_worse_count), (0, 2))

    def test_totals_say_value_and_delay(self):
        self.third.order_line.price_unit = 100
        run = self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        self.assertEqual(run.better_value, 600)
        # 4 open on day 5 and 6 on day 9 before; 6 on day 5 and 6 on day 9 then
        self.assertEqual((run.old_late_days, run.new_late_days), (14, 14))

    def test_other_settings_need_another_simulation(self):
        run = self._simulate(("[]", "improve"))
        run.segment_ids.strategy = "redistribute"
        self.assertEqual(run.state, "draft")
        with self.assertRaisesRegex(UserError, "not simulated"):
            run.action_commit()

    def test_run_without_backordered_orders_is_refused(self):
        run = self._create_run(("[]", "improve"), product_ids=self.protected.ids)
        with self.assertRaisesRegex(UserError, "No orders are backordered"):
            run.action_simulate()

    def test_invalid_domain_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Select them again"):
            self._create_run(("[('no_such_field', '=', 1)]", "win"))

    # ------------------------------------------------------------------
    # Committing
    # ------------------------------------------------------------------

    def test_commit_reserves_stock(self):
        run = self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        self._as("manager", run).action_commit()
        self.assertEqual(
            [
                self._get_reserved(order)
                for order in self.first + self.second + self.third
            ],
            [4, 0, 6],
        )
        self.assertEqual(self.third.backorder_state, "allocated")
        self.assertEqual(self.second.backorder_state, "backordered")
        self.assertEqual(run.state, "committed")
        self.assertEqual(run.committed_by, self.users["manager"])

    def test_promises_follow_a_commit(self):
        run = self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        run.action_commit()
        self.assertEqual(self.third.promised_date, self._in(0))
        self.assertEqual(self.first.promised_date, self._in(5))
        self.assertEqual(self.second.promised_date, self._in(9))
        event = self._get_events("promise:slipped", order_id=self.second)
        self.assertIn(run.name, event.reason)

    def test_log_records_moved_lines_and_user(self):
        run = self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        self._as("manager", run).action_commit()
        event = self._get_events("run:committed")
        self.assertEqual(event.user_id, self.users["manager"])
        self.assertEqual(event.payload["worse"], 2)
        moved = self._get_events("run:line_moved", order_id=self.second)
        self.assertEqual(moved.quantity, -4)
        self.assertEqual(moved.payload["reservedBefore"], 4)

    def test_later_arrivals_follow_the_run(self):
        """Stock that arrives later is allocated in the order of the run."""
        run = self._simulate(
            (self._of(self.third), "win"),
            (self._of(self.second), "improve"),
            (self._of(self.first), "lose"),
        )
        run.action_commit()
        self.assertEqual(self._get_reserved(self.second), 4)
        self._receive(self.product, 2)
        self._run_retries()
        self.assertEqual(self._get_reserved(self.second), 6)
        self.assertEqual(self._get_reserved(self.first), 0)

    def test_fulfil_follows_the_run(self):
        """C6: orders fulfilled manually follow the order of the run, each once."""
        orders = self._commit_run_before_more_comes()
        orders.action_fulfil()
        self._assert_run_decided()
        for order in orders:
            self.assertEqual(len(self._get_events("order:retry", order_id=order)), 1)

    def test_fulfil_by_interface_follows_the_run(self):
        """E8: also if another program fulfils orders completely or not at all."""
        orders = self._commit_run_before_more_comes()
        self._force_stock(self.product, 4)
        orders.process_backorders(allow_partial=False)
        self._assert_run_decided()

    def test_released_stock_goes_back_to_the_queue(self):
        run = self._simulate((self._of(self.first), "lose"))
        run.action_commit()
        self.assertEqual(self._get_reserved(self.first), 0)
        self._run_retries()
        self.assertEqual(self._get_reserved(self.second), 6)
        self.assertEqual(self._get_reserved(self.third), 4)

    def test_changed_lines_are_recalculated_first(self):
        """Only results that the user has seen are committed."""
        run = self._simulate((self._of(self.third), "win"), ("[]", "improve"))
        self._receive(self.product, 3)
        action = run.action_commit()
        self.assertIn("not committed", action["params"]["title"])
        self.assertEqual(run.state, "simulated")
        self.assertTrue(all(run.line_ids.mapped("is_recalculated")))
        self.assertEqual(self._get_line(run, self.first).new_reserved, 6)
        committed = run.action_commit()
        self.assertEqual(committed["params"]["type"], "success")
        self.assertEqual(self._get_reserved(self.third), 6)

    def test_change_of_supply_or_demand_is_detected(self):
        changes = {
            "receipt": lambda: self._expect(self.product, 1, 30),
            "demand": lambda: self._confirm((self.product, 1)),
            "cancelled": self.second._action_cancel,
        }
        for name, change in changes.items():
            with self.subTest(name):
                run = self._simulate(("[]", "improve"))
                change()
                self.env.flush_all()
                self.assertEqual(run.action_commit()["params"]["type"], "warning")

    def test_change_of_another_product_does_not_matter(self):
        run = self._simulate(("[]", "improve"))
        other = self._create_product("Another", allow_backorder="yes")
        self._confirm((other, 5))
        self.assertEqual(run.action_commit()["params"]["type"], "success")

    def test_committed_runs_cannot_be_changed(self):
        run = self._simulate(("[]", "improve"))
        run.action_commit()
        run = self._as("manager", run)
        for change in (
            lambda: run.write({"on_exception": "all"}),
            lambda: run.segment_ids.write({"strategy": "win"}),
            run.unlink,
            run.action_simulate,
        ):
            with self.assertRaisesRegex(UserError, "is committed"):
                change()
        copy = run.copy()
        self.assertEqual((copy.state, len(copy.segment_ids)), ("draft", 1))
        self.assertFalse(copy.line_ids)

    # ------------------------------------------------------------------
    # Firm
    # ------------------------------------------------------------------

    def test_firm_lines_never_move(self):
        self._as("manager", self.first.order_line).action_toggle_promise_firm()
        run = self._simulate((self._of(self.first), "lose"), ("[]", "improve"))
        firm = self._get_line(run, self.first)
        self.assertEqual((firm.new_reserved, firm.strategy), (6, "skip"))
        run.action_commit()
        self.assertEqual(self._get_reserved(self.first), 6)
        self.assertTrue(self._get_events("promise:firm", order_id=self.first))

    def test_firm_lines_move_only_with_a_reason_in_the_log(self):
        self.first.order_line.action_toggle_promise_firm()
        run = self._simulate(
            (self._of(self.first), "lose"), ("[]", "improve"), is_firm_moved=True
        )
        with self.assertRaisesRegex(UserError, "Enter a reason"):
            run.action_commit()
        run.firm_reason = "The customer went bankrupt"
        self._as("manager", run).action_commit()
        self.assertEqual(self._get_reserved(self.first), 0)
        event = self._get_events("run:firm_moved", order_id=self.first)
        self.assertEqual(event.reason, "The customer went bankrupt")
        self.assertEqual(event.user_id, self.users["manager"])

    def test_picked_lines_are_not_changed(self):
        self.first.order_line.move_ids.picked = True
        run = self._simulate((self._of(self.first), "lose"), ("[]", "improve"))
        self.assertIn("picked", self._get_line(run, self.first).reason)

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_only_inventory_managers_run(self):
        run = self._simulate(("[]", "improve"))
        for role in ("viewer", "operator", "sales"):
            with self.subTest(role):
                for method in ("action_simulate", "action_commit", "action_discard"):
                    with self.assertRaises(AccessError):
                        getattr(self._as(role, run), method)()
        self.assertEqual(self._as("viewer", run).line_ids, run.line_ids)
        with self.assertRaisesRegex(AccessError, "can make a line firm"):
            self._as("operator", self.first.order_line).action_toggle_promise_firm()

    def test_users_cannot_write_results(self):
        run = self._as("manager", self._simulate(("[]", "improve")))
        for values in ({"state": "committed"}, {"fingerprints": {}}):
            with self.assertRaisesRegex(AccessError, "cannot be edited"):
                run.write(values)
        with self.assertRaises(AccessError):
            run.line_ids.write({"new_reserved": 99})
        created = run.with_context(default_state="simulated").create({"name": "Sly"})
        self.assertEqual(created.state, "draft")

    def test_runs_of_other_companies_are_not_visible(self):
        run = self._simulate(("[]", "improve"))
        stranger = self.users["manager"].copy({"login": "stranger"})
        foreign = self.env["res.company"].create({"name": "Foreign"})
        stranger.write({"company_ids": foreign.ids, "company_id": foreign.id})
        runs = run.with_user(stranger).with_context(allowed_company_ids=foreign.ids)
        self.assertFalse(runs.search([]))

    def test_manager_creates_a_run_with_the_form(self):
        runs = self._as("manager", self.env["backorder.run"])
        with Form(runs) as form:
            form.on_exception = "product"
            with form.segment_ids.new() as segment:
                segment.name = "Last"
                segment.strategy = "lose"
                segment.sequence = 30
        run = form.record
        run.action_simulate()
        self.assertEqual(run.segment_ids.mapped("strategy"), ["win", "improve", "lose"])
        self.assertEqual(run.segment_ids[1].line_count, 3)


# ----------------------------------------------------------------------
# Properties
# ----------------------------------------------------------------------

STEPS = st.lists(st.integers(0, 12), min_size=1, max_size=8)
DEMANDS = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.integers(0, 9),
        st.sampled_from(STRATEGIES),
        st.booleans(),
    ),
    min_size=1,
    max_size=10,
)


def build(steps, rows):
    """Reserve today's stock along the queue; return the reallocation."""
    left, demands = steps[0], []
    for index, (quantity, wanted, strategy, is_whole) in enumerate(rows):
        reserved = min(left, quantity)
        if is_whole and reserved < quantity:
            reserved = 0
        left -= reserved
        demands.append(Demand(index, quantity, reserved, wanted, strategy, is_whole))
    atp = [(day, sum(steps[: day + 1])) for day in range(len(steps))]
    return Reallocation(FreeSupply(atp), 0, demands)


@tagged("post_install", "-at_install")
class TestReallocationProperty(RunCommon):
    @settings(max_examples=300)
    @given(steps=STEPS, rows=DEMANDS)
    def test_supply_is_not_allocated_twice(self, steps, rows):
        """Conservation: by any day, no more is allocated than supplied."""
        reallocation = build(steps, rows)
        for shares in (reallocation.before, reallocation.run(reallocation.demands)):
            for day in range(len(steps)):
                allocated = sum(
                    quantity
                    for share in shares.values()
                    for taken, quantity in share.parts
                    if taken <= day
                )
                self.assertLessEqual(allocated, sum(steps[: day + 1]) + 1e-6)

    @settings(max_examples=300)
    @given(steps=STEPS, rows=DEMANDS)
    def test_every_strategy_keeps_its_rule(self, steps, rows):
        reallocation = build(steps, rows)
        shares = reallocation.run(reallocation.demands)
        for demand in reallocation.demands:
            share, before = shares[demand.id], reallocation.before[demand.id]
            check = getattr(self, f"_check_{demand.strategy}")
            check(demand, share, before)
            if share.day is not None:
                got = sum(quantity for _day, quantity in share.parts)
                self.assertAlmostEqual(got, demand.quantity)

    def test_skipped_line_leaves_the_next_one_its_stock(self):
        """Too little stock for a complete delivery stays with its current line."""
        rows = [(4, 3, "skip", True), (1, 4, "skip", False)]
        reallocation = build([3], rows)
        share = reallocation.run(reallocation.demands)[1]
        self.assertEqual((share.reserved, share.parts), (1, ((0, 1),)))

    def _check_skip(self, demand, share, before):
        self.assertEqual((share.reserved, share.day), (before.reserved, before.day))

    def _check_win(self, demand, share, before):
        is_kept = share.day is not None and share.day <= max(demand.wanted, 0)
        self.assertTrue(is_kept or share.is_exception)

    def _check_gain(self, demand, share, before):
        is_less = share.reserved < before.reserved - 1e-6
        is_later = before.day is not None and (
            share.day is None or share.day > before.day
        )
        self.assertEqual(is_less or is_later, share.is_exception)

    def _check_improve(self, demand, share, before):
        self.assertFalse(share.is_exception)

    def _check_redistribute(self, demand, share, before):
        self.assertFalse(share.is_exception)

    def _check_fill(self, demand, share, before):
        self.assertLessEqual(share.reserved, before.reserved + 1e-6)
        if share.day is not None:
            self.assertIsNotNone(before.day)
            self.assertGreaterEqual(share.day, before.day)

    def _check_lose(self, demand, share, before):
        self.assertEqual((share.reserved, share.day, share.parts), (0, None, ()))

    @settings(
        max_examples=15,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )
    @given(
        stock=st.integers(0, 20),
        receipts=st.lists(st.tuples(st.integers(1, 10), st.integers(0, 9)), max_size=3),
        orders=st.lists(
            st.tuples(
                st.integers(1, 9),
                st.sampled_from(STRATEGIES),
                st.sampled_from(("direct", "one")),
            ),
            min_size=1,
            max_size=5,
        ),
    )
    def test_a_commit_reserves_what_was_simulated(self, stock, receipts, orders):
        """No more than the stock, and for each line the simulated quantity."""
        product = self._create_product("Any", allow_backorder="yes")
        if stock:
            self._set_stock(product, stock)
        placed = [
            (self._confirm((product, quantity), picking_policy=policy), strategy)
            for quantity, strategy, policy in orders
        ]
        for quantity, days in receipts:
            self._expect(product, quantity, days)
        run = self._create_run(
            *((self._of(order), strategy) for order, strategy in placed),
            product_ids=product.ids,
        )
        if not any(order.order_line.backorder_qty for order, _strategy in placed):
            return
        run.action_simulate()
        self.assertEqual(run.action_commit()["params"]["type"], "success")
        total = 0
        for order, _strategy in placed:
            line = self._get_line(run, order)
            reserved = self._get_reserved(order)
            self.assertAlmostEqual(reserved, line.new_reserved)
            total += reserved
        self.assertLessEqual(total, stock)
        self.assertLessEqual(
            sum(run.line_ids.mapped("new_reserved")),
            max(stock, 0) + sum(quantity for quantity, days in receipts if not days),
        )
