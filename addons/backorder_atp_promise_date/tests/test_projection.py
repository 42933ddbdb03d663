# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import doctest
from collections import defaultdict
from datetime import datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import float_round, mute_logger

from odoo.addons.backorder_atp.tests.common import BackorderCommon
from odoo.addons.backorder_atp_promise_date import free_supply
from odoo.addons.backorder_atp_promise_date.free_supply import FreeSupply


class ProjectionCommon(BackorderCommon):
    """Receipts and orders in a number of days from today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.today = fields.Date.today()

    @classmethod
    def _in(cls, days):
        return cls.today + timedelta(days=days)

    @classmethod
    def _noon(cls, days):
        return datetime.combine(cls._in(days), time(12))

    @classmethod
    def _expect(cls, product, quantity, days, warehouse=None):
        """Plan a receipt in ``days``."""
        warehouse = warehouse or cls.warehouse
        receipt = cls._create_picking(
            warehouse.in_type_id,
            cls.env.ref("stock.stock_location_suppliers"),
            warehouse.lot_stock_id,
            (product, quantity),
            scheduled_date=cls._noon(days),
        )
        receipt.move_ids.date = cls._noon(days)
        return receipt

    @classmethod
    def _sell(cls, line, days=0, **values):
        """Confirm an order to be delivered in ``days``."""
        order = cls._confirm(line, commitment_date=cls._noon(days), **values)
        open_moves = order.order_line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        open_moves.date = cls._noon(days)
        return order

    def _project(self, product, warehouse=None, **options):
        warehouse = warehouse or self.warehouse
        projection = self.availability.get_projection(product, warehouse, **options)
        return projection[product.id, warehouse.id]

    def _get_atp(self, product, warehouse=None):
        """Return ``{days from today: ATP}``."""
        return {
            (day["day"] - self.today).days: day["atp"]
            for day in self._project(product, warehouse)
        }


@tagged("post_install", "-at_install")
class TestProjection(ProjectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Over Time", allow_backorder="yes")

    def test_later_demand_keeps_its_stock(self):
        """Vector: supply 6 4 2 4 8 4 4 4, demand 6 2 3 6 6 1 2 2."""
        supply, demand = (6, 4, 2, 4, 8, 4, 4, 4), (6, 2, 3, 6, 6, 1, 2, 2)
        self._set_stock(self.product, supply[0])
        for day, quantity in enumerate(demand):
            self._sell((self.product, quantity), day)
        for day, quantity in enumerate(supply[1:], start=1):
            self._expect(self.product, quantity, day)
        days = self._project(self.product)
        self.assertEqual([day["balance"] for day in days], [0, 2, 1, -1, 1, 4, 6, 8])
        self.assertEqual([day["atp"] for day in days], [-1, -1, -1, -1, 1, 4, 6, 8])
        self.assertEqual([day["displayed"] for day in days], [0, 0, 0, 0, 1, 4, 6, 8])
        self.assertEqual([day["supply"] for day in days], [0, 4, 2, 4, 8, 4, 4, 4])

    def test_receipts_make_quantities_free(self):
        """Vector: receipts 50 40 50 50, demand 30 40 10; 10, 30 and 100 are free."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._set_stock(self.product, 50)
        for quantity, day in ((40, 40), (50, 45), (50, 59)):
            self._expect(self.product, quantity, day)
        for quantity, day in ((30, 0), (40, 40), (10, 45)):
            self._sell((self.product, quantity), day)
        free = FreeSupply(
            [(day["day"], day["atp"]) for day in self._project(self.product)]
        )
        self.assertEqual(free.find(10), self._in(0))
        self.assertEqual(free.find(30), self._in(45))
        self.assertEqual(free.find(100), self._in(59))
        self.assertIsNone(free.find(111))

    def test_today_agrees_with_the_formula(self):
        """B1: safety stock, reservations and pending demand count as they do today."""
        self._set_stock(self.product, 40)
        self.env["stock.policy"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 3,
                "safety_stock_percent": 10,
            }
        )
        self._sell((self.product, 12), 5)
        self._sell((self.product, 40), 9)
        self.assertEqual(self._get(self.product), -19)
        self.assertEqual(set(self._get_atp(self.product).values()), {-19})

    def test_order_pending_approval_counts_today(self):
        """B4: a pending order keeps its quantity."""
        self.company.shortage_policy = "pending"
        self._set_stock(self.protected, 5)
        self._confirm((self.protected, 8))
        self.assertEqual(self._get_atp(self.protected), {0: -3})

    def test_demand_that_is_reserved_counts_today(self):
        """Goods that are reserved cannot be sold today, whenever they leave."""
        self._set_stock(self.product, 10)
        self._sell((self.product, 10), 8)
        self._expect(self.product, 10, 5)
        self.assertEqual(self._get_atp(self.product), {0: 0, 5: 10})

    def test_an_order_does_not_compete_with_itself(self):
        self._set_stock(self.product, 10)
        order = self._sell((self.product, 4), 3)
        days = self._project(self.product, excluded_orders=order)
        self.assertEqual(days[0]["atp"], 10)

    def test_demand_after_the_last_requested_day_counts(self):
        self._expect(self.product, 10, 2)
        self._sell((self.product, 10), 20)
        days = self._project(self.product, until=self._in(7))
        self.assertEqual([day["day"] for day in days], [self._in(0), self._in(2)])
        self.assertEqual(days[-1]["atp"], 0)

    def test_receipts_are_named(self):
        first = self._expect(self.product, 10, 2)
        second = self._expect(self.product, 5, 2)
        days = self._project(self.product)
        self.assertEqual(
            days[1]["receipts"], [(first.move_ids.id, 10), (second.move_ids.id, 5)]
        )

    def test_late_receipt_is_expected_again(self):
        """Late supply: it counts for some days, on the day set by the company."""
        self._expect(self.product, 10, -5)
        self.company.promise_late_supply_offset = 4
        self.assertEqual(self._get_atp(self.product), {0: 0, 4: 10})
        self.company.promise_late_supply_offset = 0
        self.assertEqual(self._get_atp(self.product), {0: 10})
        self.company.promise_late_supply_days = 4
        self.assertEqual(self._get_atp(self.product), {0: 0})

    def test_late_receipts_can_be_ignored(self):
        self.company.promise_late_supply_days = 0
        self._expect(self.product, 10, -1)
        self._expect(self.product, 7, 0)
        self.assertEqual(self._get_atp(self.product), {0: 7})

    def test_late_delivery_keeps_its_stock_for_some_time(self):
        """Late demand: it counts for some days, on the day set by the company."""
        self._sell((self.product, 4), -5)
        self._expect(self.product, 10, 2)
        self.assertEqual(self._get_atp(self.product), {0: -4, 2: 6})
        self.company.promise_late_demand_offset = 3
        self.assertEqual(self._get_atp(self.product), {0: 0, 2: 6, 3: 6})
        self.company.promise_late_demand_days = 4
        self.assertEqual(self._get_atp(self.product), {0: 0, 2: 10})

    def test_demand_counts_on_the_day_set_by_the_company(self):
        order = self._sell((self.product, 4), 6)
        order.order_line.move_ids.date_deadline = self._noon(9)
        days = {"scheduled": 6, "deadline": 9, "reservation": 0}
        for setting, day in days.items():
            self.company.promise_demand_date = setting
            balances = self._project(self.product)
            first = next(row for row in balances if row["balance"] < 0)
            self.assertEqual(first["day"], self._in(day), setting)

    def test_days_are_in_the_time_zone_of_the_company(self):
        """23:30 UTC is tomorrow in Brussels."""
        self.company.resource_calendar_id.tz = "Europe/Brussels"
        receipt = self._expect(self.product, 10, 3)
        receipt.move_ids.date = datetime.combine(self._in(3), time(23, 30))
        self.assertEqual(self._project(self.product)[-1]["day"], self._in(4))

    def test_warehouses_are_projected_separately(self):
        other = self._create_warehouse("Other", "OTH")
        self._expect(self.product, 10, 2)
        self._expect(self.product, 3, 1, other)
        self.assertEqual(self._get_atp(self.product), {0: 0, 2: 10})
        self.assertEqual(self._get_atp(self.product, other), {0: 0, 1: 3})

    def test_stock_of_another_company_is_refused(self):
        foreign = self.env["res.company"].create({"name": "Foreign"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", foreign.id)]
        )
        with self.assertRaisesRegex(AccessError, "belongs to another company"):
            self._as("manager", self.availability).get_projection(
                self.product, warehouse
            )

    @mute_logger("odoo.sql_db")
    def test_days_cannot_be_negative(self):
        with self.assertRaisesRegex(ValidationError, "0 or more"):
            self.company.promise_late_supply_days = -1

    def test_many_products_take_one_statement(self):
        products = self.env["product.product"].union(
            *(self._create_product(f"P{i}") for i in range(30))
        )
        self.env.flush_all()
        self.availability.get_projection(products[:1], self.warehouse)
        # the statement, the lookup and settings of its query plan, open requests
        with self.assertQueryCount(4):
            self.availability.get_projection(products, self.warehouse)


# ----------------------------------------------------------------------
# Properties
# ----------------------------------------------------------------------

CENTS = st.integers(min_value=1, max_value=3000).map(lambda cents: cents / 100)
DAYS = st.integers(min_value=-6, max_value=9)
ROW = st.tuples(CENTS, DAYS, st.booleans(), st.booleans())
LATE = st.tuples(st.integers(0, 6), st.integers(0, 3))


@tagged("post_install", "-at_install")
class TestProjectionProperty(ProjectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_warehouse("Other", "OTH")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    @settings(
        max_examples=20,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )
    @given(
        stock=st.tuples(CENTS, CENTS),
        orders=st.lists(ROW, max_size=5),
        receipts=st.lists(ROW, max_size=5),
        late_supply=LATE,
        late_demand=LATE,
    )
    def test_statement_equals_a_day_by_day_computation(
        self, stock, orders, receipts, late_supply, late_demand
    ):
        """Ties, units, two warehouses, late supply and demand."""
        self.company.write(
            {
                "promise_late_supply_days": late_supply[0],
                "promise_late_supply_offset": late_supply[1],
                "promise_late_demand_days": late_demand[0],
                "promise_late_demand_offset": late_demand[1],
            }
        )
        product = self._create_product("Any", allow_backorder="yes")
        warehouses = (self.warehouse, self.other)
        for warehouse, quantity in zip(warehouses, stock, strict=True):
            self._force_stock(product, quantity, warehouse.lot_stock_id)
        confirmed = [
            (self._sell_row(product, *row), days) for row in orders for days in [row[1]]
        ]
        expected = []
        for quantity, days, is_other, _in_dozens in receipts:
            warehouse = warehouses[is_other]
            self._expect(product, quantity, days, warehouse)
            expected.append((warehouse, quantity, days))
        for warehouse, quantity in zip(warehouses, stock, strict=True):
            self.assertEqual(
                [
                    (day["day"], day["balance"], day["atp"])
                    for day in self._project(product, warehouse)
                ],
                self._walk(
                    quantity,
                    [row for row in confirmed if row[0].warehouse_id == warehouse],
                    [row[1:] for row in expected if row[0] == warehouse],
                    late_supply,
                    late_demand,
                ),
            )

    def _sell_row(self, product, quantity, days, is_other, in_dozens):
        line = {"product_id": product.id, "product_uom_qty": quantity}
        if in_dozens:
            line["product_uom_id"] = self.dozen.id
        warehouse = self.other if is_other else self.warehouse
        return self._sell(line, days, warehouse_id=warehouse.id)

    def _walk(self, stock, orders, receipts, late_supply, late_demand):
        """Compute the balance of each day, then look ahead from each day."""
        changes = defaultdict(float, {0: stock})
        for order, days in orders:
            moves = order.order_line.move_ids
            reserved = sum(moves.move_line_ids.mapped("quantity_product_uom"))
            changes[0] -= reserved
            day = self._get_late_day(days, *late_demand)
            missing = sum(moves.mapped("product_qty")) - reserved
            if day is not None and missing > 1e-6:
                changes[day] -= missing
        for quantity, days in receipts:
            day = self._get_late_day(days, *late_supply)
            if day is not None:
                changes[day] += quantity
        days = sorted(changes)
        balances = [sum(changes[d] for d in days if d <= day) for day in days]
        return [
            (self._in(day), self._round(balance), self._round(min(balances[i:])))
            for i, (day, balance) in enumerate(zip(days, balances, strict=True))
        ]

    def _get_late_day(self, days, counts_for, counts_in):
        if days >= 0:
            return days
        return counts_in if days >= -counts_for else None

    def _round(self, quantity):
        return float_round(quantity, precision_digits=2) + 0.0

    @settings(max_examples=200)
    @given(
        steps=st.lists(st.integers(-5, 20), min_size=1, max_size=12),
        requested=st.lists(
            st.tuples(st.integers(1, 15), st.integers(0, 14)), max_size=12
        ),
    )
    def test_promises_add_up_to_what_is_free(self, steps, requested):
        """Taking by steps leaves the same as computing all balances again."""
        balances = [sum(steps[: i + 1]) for i in range(len(steps))]
        free = FreeSupply([(day, min(balances[day:])) for day in range(len(balances))])
        total, taken = max(0, balances[-1]), 0
        for quantity, day in requested:
            atp = [max(0, min(balances[d:])) for d in range(len(balances))]
            self.assertAlmostEqual(
                free.get_available(day), ([*atp] + [atp[-1]] * 15)[day]
            )
            first = next((d for d, value in enumerate(atp) if value >= quantity), None)
            self.assertEqual(free.find(quantity), first)
            if first is None:
                continue
            promised = max(first, day)
            parts = free.take(quantity, promised)
            self.assertAlmostEqual(sum(part for _day, part in parts), quantity)
            self.assertTrue(all(d <= promised for d, _part in parts))
            taken += quantity
            balances = [
                balance - (quantity if d >= promised else 0)
                for d, balance in enumerate(balances)
            ]
            if promised >= len(balances):
                balances = [
                    min(balance, balances[-1] - quantity) for balance in balances
                ]
        self.assertLessEqual(taken, total)

    @settings(max_examples=200)
    @given(
        free=st.lists(st.integers(0, 20), min_size=1, max_size=12),
        requested=st.lists(
            st.tuples(st.integers(1, 15), st.integers(0, 11)), max_size=8
        ),
    )
    def test_goods_that_expire_are_used_first(self, free, requested):
        """Free stock may fall; a promise takes its quantity, and no day gains."""
        supply = FreeSupply(list(enumerate(free)))
        left = [supply.get_available(day) for day in range(len(free))]
        self.assertEqual(left, free)
        for quantity, start in requested:
            start = min(start, len(free) - 1)
            later = [day for day in range(start, len(free)) if left[day] >= quantity]
            found = supply.find_from(quantity, start)
            self.assertEqual(found, later[0] if later else None)
            if found is None:
                continue
            parts = supply.take(quantity, found)
            self.assertAlmostEqual(sum(part for _day, part in parts), quantity)
            before = left
            left = [supply.get_available(day) for day in range(len(free))]
            self.assertAlmostEqual(left[found], before[found] - quantity)
            self.assertTrue(
                all(0 <= new <= old for new, old in zip(left, before, strict=True))
            )

    def test_examples_in_the_docstring(self):
        self.assertEqual(doctest.testmod(free_supply).failed, 0)
