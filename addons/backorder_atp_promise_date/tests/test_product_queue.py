# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestProductQueue(BackorderCommon):
    """What the picture of the queue says is what a receipt then allocates."""

    def _get_chart(self, role="manager", product=None, warehouse=None):
        return self._as(role, self.availability).get_queue_chart(
            (product or self.backorderable).id, (warehouse or self.warehouse).id
        )

    def _get_rows(self, chart):
        return {row["name"]: row for row in chart["rows"]}

    def _get_reserved(self, order, product=None):
        moves = order.order_line.move_ids.filtered(
            lambda move: move.product_id == (product or self.backorderable)
        )
        return sum(moves.move_line_ids.mapped("quantity_product_uom"))

    def _assert_receipt_allocates_as_shown(self, receipt, orders, product=None):
        """Validate ``receipt``, the only one planned, and compare with the picture."""
        self.env.flush_all()
        shown = {
            row["name"]: row["reserved"] + sum(p["quantity"] for p in row["parts"])
            for row in self._get_chart(product=product)["rows"]
        }
        demand = orders.filtered(lambda order: order.name in shown)
        self._validate(receipt)
        self._run_retries()
        found = {order.name: self._get_reserved(order, product) for order in demand}
        self.assertEqual(found, shown)
        return found

    # ------------------------------------------------------------------
    # What is shown is what happens
    # ------------------------------------------------------------------

    def test_receipt_is_allocated_as_shown(self):
        """C3: what is reserved stays, the urgent come first, the last gets a part."""
        self._set_stock(self.backorderable, 4)
        first = self._confirm((self.backorderable, 6))
        second = self._confirm((self.backorderable, 5))
        third = self._confirm((self.backorderable, 5))
        third.backorder_priority = "urgent"
        receipt = self._create_receipt(self.backorderable, 8)
        chart = self._get_chart()
        self.assertEqual(
            [(row["name"], row["missing"], row["uncovered"]) for row in chart["rows"]],
            [(third.name, 5, 0), (first.name, 2, 0), (second.name, 5, 4)],
        )
        [supply] = chart["supplies"]
        self.assertEqual(
            (supply["name"], supply["quantity"], supply["left"], supply["last_row"]),
            (receipt.name, 8, 0, 2),
        )
        found = self._assert_receipt_allocates_as_shown(receipt, first + second + third)
        self.assertEqual(list(found.values()), [6, 1, 5])

    def test_order_on_hold_is_shown_and_gets_nothing(self):
        """C3: it stands behind the queue, with the reason."""
        held = self._confirm((self.backorderable, 3))
        other = self._confirm((self.backorderable, 3))
        self._as("operator", held).action_hold("to be checked")
        receipt = self._create_receipt(self.backorderable, 5)
        chart = self._get_chart()
        self.assertEqual(
            [(row["name"], row["reason"]) for row in chart["rows"]],
            [(other.name, False), (held.name, "On hold")],
        )
        self.assertEqual(chart["supplies"][0]["left"], 2)
        self._assert_receipt_allocates_as_shown(receipt, held + other)

    def test_order_that_ships_complete_lets_others_pass(self):
        """C3: it gets everything or nothing."""
        whole = self._confirm((self.backorderable, 6), picking_policy="one")
        behind = self._confirm((self.backorderable, 3))
        receipt = self._create_receipt(self.backorderable, 4)
        found = self._assert_receipt_allocates_as_shown(receipt, whole + behind)
        self.assertEqual(found, {whole.name: 0, behind.name: 3})

    def test_products_that_ship_together_take_no_more_statements(self):
        """C3: however many products a transfer has."""
        others = [
            self._create_product(f"P{i}", allow_backorder="yes") for i in range(8)
        ]
        counts = []
        for products in (others[:1], others[1:]):
            product = self._create_product("Whole", allow_backorder="yes")
            lines = [(each, 1) for each in (product, *products)]
            self._confirm(*lines, picking_policy="one")
            self._get_chart(product=product)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            [row] = self._get_chart(product=product)["rows"]
            self.assertIn("Ships complete", row["reason"])
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)

    def test_order_that_ships_complete_needs_its_other_product(self):
        """C3: the reason names the product that is missing."""
        other = self._create_product("Other", allow_backorder="yes")
        whole = self._confirm((self.backorderable, 2), (other, 1), picking_policy="one")
        receipt = self._create_receipt(self.backorderable, 4)
        [row] = self._get_chart()["rows"]
        self.assertIn("Other", row["reason"])
        self._assert_receipt_allocates_as_shown(receipt, whole)

    def test_warehouses_have_queues_of_their_own(self):
        """C3: a receipt elsewhere covers nothing here."""
        elsewhere = self._create_warehouse("Elsewhere", "ELS")
        here = self._confirm((self.backorderable, 3), warehouse_id=self.warehouse.id)
        there = self._confirm((self.backorderable, 3), warehouse_id=elsewhere.id)
        receipt = self._create_receipt(self.backorderable, 5)
        self.assertEqual(list(self._get_rows(self._get_chart())), [here.name])
        [row] = self._get_chart(warehouse=elsewhere)["rows"]
        self.assertEqual((row["name"], row["uncovered"]), (there.name, 3))
        self._assert_receipt_allocates_as_shown(receipt, here)
        self.assertEqual(self._get_reserved(there), 0)

    def test_other_units_are_converted(self):
        """C3: an order of a dozen is missing twelve."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._confirm(
            {
                "product_id": self.backorderable.id,
                "product_uom_qty": 1,
                "product_uom_id": dozen.id,
            }
        )
        receipt = self._create_receipt(self.backorderable, 7)
        [row] = self._get_chart()["rows"]
        self.assertEqual((row["missing"], row["uncovered"]), (12, 5))
        self._assert_receipt_allocates_as_shown(receipt, order)

    def test_negative_stock_is_filled_first(self):
        """C3: what was delivered beyond stock takes its part of the receipt."""
        early = self._confirm((self.backorderable, 3))
        self._validate(early.picking_ids, 3)
        order = self._confirm((self.backorderable, 5))
        receipt = self._create_receipt(self.backorderable, 6)
        chart = self._get_chart()
        self.assertEqual((chart["owed"], chart["rows"][0]["uncovered"]), (3, 2))
        self._assert_receipt_allocates_as_shown(receipt, order)

    @settings(
        max_examples=8,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 9),
                st.sampled_from(["low", "medium", "high", "urgent"]),
                st.sampled_from(["direct", "one"]),
                st.booleans(),
            ),
            min_size=1,
            max_size=5,
        ),
        st.integers(0, 6),
        st.integers(1, 20),
    )
    def test_any_queue_is_allocated_as_shown(self, demand, stock, received):
        """C3: whatever is backordered, and however much comes."""
        product = self._create_product("Any", allow_backorder="yes")
        if stock:
            self._set_stock(product, stock)
        orders = self.env["sale.order"]
        for quantity, priority, policy, is_held in demand:
            order = self._confirm((product, quantity), picking_policy=policy)
            order.backorder_priority = priority
            if is_held and order.backorder_state not in ("none", "allocated"):
                self._as("operator", order).action_hold("to be checked")
            orders += order
        receipt = self._create_receipt(product, received)
        self._assert_receipt_allocates_as_shown(receipt, orders, product)

    # ------------------------------------------------------------------
    # Several receipts
    # ------------------------------------------------------------------

    def test_each_line_names_the_receipt_that_covers_it(self):
        """C3: the first to come is handed out first; the day stands beside it."""
        first = self._confirm((self.backorderable, 4))
        second = self._confirm((self.backorderable, 4))
        late = self._create_receipt(self.backorderable, 3)
        soon = self._create_receipt(self.backorderable, 3)
        late.move_ids.date = fields.Datetime.now() + timedelta(days=9)
        soon.move_ids.date = fields.Datetime.now() + timedelta(days=4)
        self.env.flush_all()
        chart = self._get_chart()
        names = [supply["name"] for supply in chart["supplies"]]
        self.assertEqual(names, [soon.name, late.name])
        covered = {
            row["name"]: [
                (names[part["supply"]], part["quantity"]) for part in row["parts"]
            ]
            for row in chart["rows"]
        }
        self.assertEqual(
            covered,
            {
                first.name: [(soon.name, 3), (late.name, 1)],
                second.name: [(late.name, 2)],
            },
        )
        self.assertEqual([supply["last_row"] for supply in chart["supplies"]], [0, 1])

    def test_stock_to_be_allocated_by_the_retry_comes_first(self):
        """C3: what is free now is shown as stock, not as a receipt."""
        order = self._confirm((self.backorderable, 4))
        self._as("operator", order).action_hold("to be checked")
        self._set_stock(self.backorderable, 3)
        chart = self._get_chart()
        self.assertEqual(
            [(s["name"], s["day"], s["quantity"]) for s in chart["supplies"]],
            [("In stock", False, 3)],
        )

    # ------------------------------------------------------------------
    # Who may look
    # ------------------------------------------------------------------

    def test_orders_of_others_have_no_name(self):
        """B5: a salesperson sees the place in the queue, not whose orders are there."""
        self._confirm((self.backorderable, 4))
        self.users["sales"].group_ids = self.env.ref("sales_team.group_sale_salesman")
        [row] = self._get_chart("sales")["rows"]
        self.assertEqual(
            (row["order_id"], row["name"], row["partner"], row["missing"]),
            (False, "Another order", "", 4),
        )

    def test_warehouse_of_another_company_is_refused(self):
        """B5: record rules hold for the queue as for everything else."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        with self.assertRaises(AccessError):
            self._get_chart(warehouse=warehouse)

    def test_monitor_phase_says_that_the_order_is_not_kept(self):
        """C3: Odoo then allocates in its own order."""
        self.assertTrue(self._get_chart()["is_automatic"])
        self.company.promise_phase = "dark"
        self.assertFalse(self._get_chart()["is_automatic"])
