# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.backorder_atp_promise_date.tests.test_promise_date import PromiseCommon
from odoo.addons.backorder_atp_report.models.backorder_rate_mixin import RATES

SEED = 20260219
ORDERS = 60
HISTORY = 200  # days


@dataclass
class Facts:
    """The data of a line as plain values."""

    order: int
    product: int
    ordered: float
    requested: date
    first: date
    current: date
    shipments: list = field(default_factory=list)  # (day, quantity)

    @property
    def completed(self):
        total = 0
        for day, quantity in sorted(self.shipments):
            total += quantity
            if total >= self.ordered:
                return day
        return None

    def is_kept(self, day):
        return self.completed is not None and self.completed <= day


class ServiceCommon(PromiseCommon):
    """Past orders, delivered early, late, in parts or never."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        cls.company.promise_phase = "dark"
        cls.products = [
            cls._create_product(f"Part {n}", allow_backorder="yes") for n in range(5)
        ]
        cls.facts = {}

    @classmethod
    def _write_history(cls):
        orders = cls.env["sale.order"].create(
            [cls._prepare_order() for _ in range(ORDERS)]
        )
        orders.action_confirm()
        cls.env.flush_all()
        for line in orders.order_line:
            cls._set_facts(line)
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _prepare_order(cls):
        products = cls.random.sample(cls.products, cls.random.randrange(1, 4))
        return {
            "partner_id": cls.customer.id,
            "company_id": cls.company.id,
            "order_line": [
                fields.Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": cls.random.randrange(1, 20),
                        "price_unit": 10,
                    }
                )
                for product in products
            ],
        }

    @classmethod
    def _set_facts(cls, line):
        """Set the requested, promised and shipping dates of the line."""
        chance = cls.random
        wanted = cls._get_wanted(line.order_id)
        first = wanted + timedelta(days=chance.choice([0, 0, 0, 1, 3, 9]))
        current = first + timedelta(days=chance.choice([0, 0, 0, -2, 2, 5, 30]))
        facts = Facts(
            line.order_id.id,
            line.product_id.id,
            line.product_uom_qty,
            wanted,
            first,
            current,
        )
        cls.facts[line.id] = facts
        cls.env.cr.execute(
            """UPDATE sale_order_line SET first_promise_date = %s, promised_date = %s
                WHERE id = %s""",
            [first, current, line.id],
        )
        cls._ship(line, facts)

    @classmethod
    def _get_wanted(cls, order):
        known = [
            facts.requested for facts in cls.facts.values() if facts.order == order.id
        ]
        wanted = (known or [cls._in(cls.random.randrange(-HISTORY, 15))])[0]
        cls.env.cr.execute(
            "UPDATE sale_order SET commitment_date = %s WHERE id = %s",
            [datetime.combine(wanted, time(12)), order.id],
        )
        return wanted

    @classmethod
    def _ship(cls, line, facts):
        """Ship everything in one or two parts, a part, or nothing."""
        chance = cls.random
        ordered = int(facts.ordered)
        parts = {
            "all": [ordered],
            "two": [ordered // 2, ordered - ordered // 2],
            "part": [ordered // 3],
            "none": [],
        }[chance.choice(["all"] * 5 + ["two", "two", "part", "none"])]
        move = line.move_ids
        for quantity in filter(None, parts):
            day = facts.requested + timedelta(
                days=chance.choice([-5, -1, 0, 0, 0, 1, 2, 4, 20, 70])
            )
            if day > cls.today:
                continue
            facts.shipments.append((day, quantity))
            copy = move.copy({"sale_line_id": line.id})
            copy.flush_recordset()
            cls.env.cr.execute(
                """UPDATE stock_move SET state = 'done', quantity = %s, date = %s,
                          sale_line_id = %s WHERE id = %s""",
                [quantity, datetime.combine(day, time(12)), line.id, copy.id],
            )

    # ------------------------------------------------------------------
    # The recount
    # ------------------------------------------------------------------

    def _recount(self, lines, is_in=lambda _day: True):
        """Return the counts of ``lines``.

        :param is_in: whether lines due on a day are counted
        """
        counts = dict.fromkeys([name for pair in RATES.values() for name in pair], 0)
        orders = defaultdict(list)
        for facts in self.facts.values():
            orders[facts.order].append(facts)
        for facts in lines:
            self._count_line(counts, facts, is_in)
        for order in {facts.order for facts in lines}:
            self._count_order(counts, orders[order], is_in)
        return counts

    def _count_line(self, counts, facts, is_in):
        if facts.requested < self.today and is_in(facts.requested):
            shipped = sum(q for day, q in facts.shipments if day <= facts.requested)
            counts["due_qty"] += facts.ordered
            counts["filled_qty"] += min(facts.ordered, shipped)
            counts["due_lines"] += 1
            counts["filled_lines"] += facts.is_kept(facts.requested)
        for name, day in (("first", facts.first), ("current", facts.current)):
            if day < self.today and is_in(day):
                counts[f"{name}_promised_lines"] += 1
                counts[f"{name}_kept_lines"] += facts.is_kept(day)

    def _count_order(self, counts, lines, is_in):
        requested = max(facts.requested for facts in lines)
        promised = max(facts.first for facts in lines)
        if requested < self.today and is_in(requested):
            counts["due_orders"] += 1
            counts["filled_orders"] += all(
                facts.is_kept(facts.requested) for facts in lines
            )
        if promised < self.today and is_in(promised):
            counts["promised_orders"] += 1
            counts["on_time_orders"] += all(facts.is_kept(promised) for facts in lines)

    def _check(self, found, counts):
        """Compare counts and rates with a recount."""
        for name, value in counts.items():
            self.assertAlmostEqual(found[name], value, 6, name)
        for rate, (part, whole) in RATES.items():
            expected = 100 * counts[part] / counts[whole] if counts[whole] else 0
            self.assertAlmostEqual(found[rate] or 0, expected, 6, rate)


@tagged("post_install", "-at_install")
class TestServiceLevel(ServiceCommon):
    """The figures equal a recount in Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._write_history()
        cls.report = cls.env["backorder.service.report"]

    def _group(self, groupby, names):
        aggregates = [f"{name}:{'avg' if 'rate' in name else 'sum'}" for name in names]
        return [
            (key, dict(zip(names, values, strict=True)))
            for key, *values in self.report._read_group(
                [("company_id", "=", self.company.id)], [groupby], aggregates
            )
        ]

    def _get_names(self):
        return [*RATES, *(name for pair in RATES.values() for name in pair)]

    def test_all_of_a_company(self):
        """B19: units, lines and orders filled; on time in full; promises kept."""
        [(_key, found)] = self._group("company_id", self._get_names())
        counts = self._recount(self.facts.values())
        self._check(found, counts)
        for part, whole in RATES.values():
            self.assertTrue(0 < counts[part] < counts[whole], whole)

    def test_each_product(self):
        """B19: an order counts once for each of its products."""
        for product, found in self._group("product_id", self._get_names()):
            lines = [t for t in self.facts.values() if t.product == product.id]
            self._check(found, self._recount(lines))

    def test_each_month(self):
        """B19: by the month of the requested day."""
        groups = self._group("requested_date:month", self._get_names())
        self.assertGreater(len(groups), 5)
        for month, found in groups:
            lines = [
                facts
                for facts in self.facts.values()
                if facts.requested.replace(day=1) == month
            ]
            self._check(found, self._recount(lines))

    def test_slip(self):
        """B19: average, median and 95th percentile of the slip."""
        slips = [(facts.current - facts.first).days for facts in self.facts.values()]
        [[average, median, most]] = self.report._read_group(
            [("company_id", "=", self.company.id)],
            aggregates=["slip_days:avg", "median_slip_days:avg", "most_slip_days:avg"],
        )
        self.assertAlmostEqual(average, statistics.mean(slips), 6)
        self.assertEqual(median, statistics.median(slips))
        slips.sort()
        position = 0.95 * (len(slips) - 1)
        low = int(position)
        share = position - low
        expected = slips[low] * (1 - share) + slips[low + 1] * share
        self.assertAlmostEqual(most, expected, 6)

    def _recount_late(self, basis):
        ends = [(3, "l01"), (7, "l04"), (14, "l08"), (30, "l15"), (60, "l31")]
        counts = defaultdict(lambda: [0, 0.0])
        for facts in self.facts.values():
            days = (self.today - getattr(facts, basis)).days
            if facts.completed or days <= 0:
                continue
            bucket = next((key for last, key in ends if days <= last), "l61")
            open_qty = facts.ordered - sum(q for _day, q in facts.shipments)
            counts[bucket][0] += 1
            counts[bucket][1] += 10 * open_qty
        return {key: tuple(value) for key, value in counts.items()}

    def test_ages_of_late_lines(self):
        """B19: past the requested day and past the promised day, with their value."""
        for name, basis in (
            ("late_requested", "requested"),
            ("late_promised", "current"),
        ):
            found = self.report._read_group(
                [("company_id", "=", self.company.id), (name, "!=", False)],
                [name],
                ["__count", "open_value:sum"],
            )
            self.assertEqual(
                {key: (count, value) for key, count, value in found},
                self._recount_late(basis),
            )

    def test_each_line(self):
        """B19: the figures of a line in the list."""
        rows = self.report.search([("company_id", "=", self.company.id)])
        self.assertEqual(set(rows.ids), set(self.facts))
        for row in rows:
            facts = self.facts[row.id]
            shipped = min(facts.ordered, sum(q for _day, q in facts.shipments))
            self.assertEqual(row.shipped_qty, shipped)
            self.assertEqual(row.completed_date or None, facts.completed)
            self.assertEqual(row.requested_date, facts.requested)
            if facts.requested >= self.today:
                self.assertEqual(row.fill_state, "open")
            elif facts.is_kept(facts.requested):
                self.assertEqual(row.fill_state, "filled")

    def test_days_add_up(self):
        """B19: the counts of consecutive days are the total."""
        self.env.flush_all()
        since = self._in(-HISTORY)
        total = defaultdict(float)
        cuts = [since, self._in(-90), self._in(-31), self._in(-30), self.today]
        for start, end in zip(cuts, cuts[1:], strict=False):
            figures = self.report._get_day_figures(self.company, start, end)
            expected = self._recount(
                self.facts.values(), lambda day, s=start, e=end: s <= day < e
            )
            for name, value in expected.items():
                self.assertAlmostEqual(figures[name], value, 6, name)
                total[name] += value
        for name, value in self._recount(self.facts.values()).items():
            self.assertAlmostEqual(total[name], value, 6, name)

    def test_daily_snapshot(self):
        """B19: the snapshot has the lines due, the rates and the late lines."""
        snapshots = self.env["backorder.snapshot"]
        before = self._in(-20)
        with freeze_time(datetime.combine(before, time(3))):
            snapshots._take(self.company)
        snapshots._take(self.company)
        row = snapshots.search(
            [("scope", "=", "company"), ("date", "=", self.today)]
        ).filtered(lambda row: row.company_id == self.company)
        self.assertEqual(row.service_until, self.today)
        counts = self._recount(
            self.facts.values(), lambda day: before <= day < self.today
        )
        self._check(row, counts)
        for scope, basis in (("requested", "requested"), ("promised", "current")):
            late = snapshots.search(
                [
                    ("scope", "=", scope),
                    ("date", "=", self.today),
                    ("company_id", "=", self.company.id),
                ]
            )
            self.assertEqual(
                {r.age_bucket: (r.line_count, r.value) for r in late},
                self._recount_late(basis),
            )
        self.assertFalse(snapshots._take(self.company), "taken twice")
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            row.line_fill_rate = 100

    def test_history_divides_sums(self):
        """B19: the rate of a week is its lines filled divided by its lines due."""
        snapshots = self.env["backorder.snapshot"]
        for days in (20, 10, 0):
            with freeze_time(datetime.combine(self._in(-days), time(12))):
                snapshots._take(self.company)
        [[rate, filled, due]] = snapshots._read_group(
            [("company_id", "=", self.company.id), ("scope", "=", "company")],
            aggregates=["line_fill_rate:avg", "filled_lines:sum", "due_lines:sum"],
        )
        self.assertGreater(due, 0)
        self.assertAlmostEqual(rate, 100 * filled / due, 6)


@tagged("post_install", "-at_install")
class TestServiceDefinitions(ServiceCommon):
    """Quantities that count as shipped, due and promised, from real orders."""

    def _get_row(self, line):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["backorder.service.report"].browse(line.id)

    def test_delivered_order(self):
        """B19: confirmed and delivered on the same day; due tomorrow."""
        product = self.products[0]
        self._set_stock(product, 5)
        order = self._confirm((product, 5))
        self._validate(order.picking_ids, 5)
        row = self._get_row(order.order_line)
        self.assertEqual((row.ordered_qty, row.shipped_qty), (5, 5))
        self.assertEqual(row.completed_date, self.today)
        self.assertEqual((row.due_lines, row.fill_state), (0, "open"))
        with freeze_time(datetime.combine(self._in(1), time(12))):
            row = self._get_row(order.order_line)
            self.assertEqual((row.due_lines, row.filled_lines), (1, 1))
            self.assertEqual(row.on_time_orders, 1)
            self.assertEqual(row.first_promise_rate, 100)

    def test_quantities_are_in_the_product_unit(self):
        """B19: a dozen ordered and shipped is twelve units."""
        product = self.products[0]
        self._set_stock(product, 12)
        order = self._confirm(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            }
        )
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        row = self._get_row(order.order_line)
        self.assertEqual((row.ordered_qty, row.shipped_qty), (12, 12))

    def test_returned_quantities_were_shipped(self):
        """B19: a return does not undo a delivery."""
        product = self.products[0]
        self._set_stock(product, 5)
        order = self._confirm((product, 5))
        self._validate(order.picking_ids, 5)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(
                active_id=order.picking_ids.id,
                active_ids=order.picking_ids.ids,
                active_model="stock.picking",
            )
            .create({})
        )
        wizard.product_return_moves.quantity = 5
        action = wizard.action_create_returns()
        self._validate(self.env["stock.picking"].browse(action["res_id"]), 5)
        self.assertEqual(self._get_row(order.order_line).shipped_qty, 5)

    def test_orders_that_do_not_count(self):
        """B19: quotations, cancelled orders and services."""
        service = self.env["product.product"].create({"name": "S", "type": "service"})
        quotation = self._create_order((self.products[0], 1))
        cancelled = self._confirm((self.products[0], 1))
        cancelled._action_cancel()
        served = self._confirm((service, 1))
        lines = (quotation | cancelled | served).order_line
        self.env.flush_all()
        found = self.env["backorder.service.report"].search([("id", "in", lines.ids)])
        self.assertFalse(found)

    def test_access(self):
        """C10: only viewers, in their companies, and read-only."""
        order = self._confirm((self.products[0], 1))
        self.env.flush_all()
        report = self.env["backorder.service.report"]
        line = order.order_line
        row = self._as("viewer", report).search([("order_id", "=", order.id)])
        self.assertEqual(row.ids, line.ids)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users["viewer"].company_ids += other
        foreign = report.with_user(self.users["viewer"]).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(foreign.search([("order_id", "=", order.id)]))
        with self.assertRaises(AccessError):
            self._as("sales", report).search([])
        with self.assertRaises(AccessError):
            row.write({"shipped_qty": 1})
