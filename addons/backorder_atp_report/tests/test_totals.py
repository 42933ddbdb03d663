# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .totals_common import TotalsCommon

ORDERS = "backorder_atp.sale_order_action_backorder"
PRODUCTS = "backorder_atp.backorder_product_action"


@tagged("post_install", "-at_install")
class TestTotals(TotalsCommon):
    """Backorders are counted in the same way everywhere."""

    def _get_board(self, role="viewer"):
        return self._as(role, self.env["backorder.board"]).get_figures()

    # ------------------------------------------------------------------
    # The board
    # ------------------------------------------------------------------

    def test_states_of_the_test_orders(self):
        """C1: the orders have the states that the other tests count."""
        orders = self.env["sale.order"].search([("company_id", "=", self.company.id)])
        states = orders.grouped("backorder_state")
        short = states["backordered"] | states["partially_allocated"]
        self.assertEqual((short, states["on_hold"]), (self.backordered, self.on_hold))
        self.assertEqual(
            {line: line.backorder_product_qty for line in orders.order_line},
            {line: self._get_missing(line) for line in orders.order_line},
        )

    def _get_missing(self, line):
        return sum(
            row[3]
            for row in self.short + self.held
            if row[:2] == (line.order_id, line.product_id)
        )

    def test_tiles_equal_the_recount(self):
        """C5: orders on hold are counted separately from backorders."""
        board = self._get_board()
        orders, _lines, quantity, value = self._recount(self.short)
        _orders, _lines, held, held_value = self._recount(self.held)
        self.assertEqual(orders + 1, len(self.backordered))
        self.assertEqual(
            {name: board[name] for name in board if name.startswith("orders")},
            {
                "orders_backordered": len(self.backordered),
                "orders_on_hold": len(self.on_hold),
            },
        )
        self.assertEqual(board["products_short"], len(self._get_keys(self.short)))
        self.assertEqual(board["shortage_qty"], quantity)
        self.assertAlmostEqual(board["shortage_value"], value)
        self.assertEqual(board["held_qty"], held)
        self.assertAlmostEqual(board["held_value"], held_value)

    def test_tiles_open_the_records_they_count(self):
        """C5: for every role, a click shows the number of records on the tile."""
        for role in ("viewer", "operator", "manager", "finance"):
            with self.subTest(role=role):
                board = self._get_board(role)
                orders = self._open_as(role, ORDERS, "backordered")
                self.assertEqual(len(orders), board["orders_backordered"])
                orders = self._open_as(role, ORDERS, "on_hold")
                self.assertEqual(len(orders), board["orders_on_hold"])
                rows = self._open_as(role, PRODUCTS, "backordered")
                self.assertEqual(len(rows), board["products_short"])
                self.assertEqual(
                    sum(rows.mapped("shortage_qty")), board["shortage_qty"]
                )
                self.assertAlmostEqual(
                    sum(rows.mapped("value")), board["shortage_value"]
                )

    def test_lists_show_the_records_of_the_tiles_by_default(self):
        """C5: a list opened from the menu has the number of records on the tile."""
        board = self._get_board()
        orders = self._open_as("viewer", ORDERS)
        self.assertEqual(len(orders), board["orders_backordered"])
        self.assertEqual(
            sum(orders.mapped("backorder_shortage_qty")), board["shortage_qty"]
        )
        rows = self._open_as("viewer", PRODUCTS)
        self.assertEqual(len(rows), board["products_short"])

    def test_oldest_is_not_on_hold(self):
        """C5: an older order on hold is not the oldest backorder."""
        self._age(self.orders["held"], 40)
        self._age(self.orders["partly"], 5)
        board = self._get_board()
        self.assertEqual((board["oldest_days"], board["oldest_bucket"]), (5, "d03"))
        orders = self._open_as("viewer", ORDERS, "backordered", "age_d03")
        self.assertEqual(orders, self.orders["partly"])

    def _age(self, order, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backordered_since = backordered_since"
            " - %s * INTERVAL '1 day' WHERE id = %s",
            (days, order.id),
        )
        order.invalidate_recordset()

    def test_filled_this_week(self):
        """C5: an order filled twice has two entries, as in the list."""
        for _ in range(2):
            order = self._confirm((self.pump, 50), warehouse_id=self.warehouse.id)
            order.order_line.product_uom_qty = 0
        self._receive(self.bell, 100)
        self._run_retries()
        self.env.flush_all()
        entries = self._open_as(
            "viewer", "backorder_atp.backorder_event_action", "filled_this_week"
        )
        self.assertTrue(entries)
        self.assertEqual(self._get_board()["filled_this_week"], len(entries))

    def test_own_documents_only(self):
        """C10: all figures are limited to the user's own orders and their products."""
        salesman = new_test_user(
            self.env,
            "own_only",
            "sales_team.group_sale_salesman,backorder_atp.group_backorder_viewer",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.users["own"] = salesman
        self.env["sale.order"].search([]).user_id = self.users["sales"]
        self.orders["second warehouse"].user_id = salesman
        board = self._get_board("own")
        self.assertEqual((board["orders_backordered"], board["shortage_qty"]), (1, 2))
        rows = self._open_as("own", PRODUCTS)
        self.assertEqual(len(rows), board["products_short"])
        self.assertEqual(sum(rows.mapped("shortage_qty")), 2)
        items = self._as("own", self.env["backorder.report"]).search([])
        self.assertEqual(items.order_id, self.orders["second warehouse"])

    # ------------------------------------------------------------------
    # Products
    # ------------------------------------------------------------------

    def test_rows_by_product_and_warehouse(self):
        """C5, D3: each row equals the recount and opens the orders it counts."""
        rows = self._as("viewer", self.env["backorder.product"]).search([])
        keys = self._get_keys(self.short + self.held)
        self.assertEqual(
            {(row.product_id, row.warehouse_id) for row in rows}, set(keys)
        )
        for row in rows:
            key = row.product_id, row.warehouse_id
            orders, _lines, quantity, value = self._recount(self.short, *key)
            held, _lines, held_qty, held_value = self._recount(self.held, *key)
            self.assertEqual((row.order_count, row.shortage_qty), (orders, quantity))
            self.assertEqual((row.held_count, row.held_qty), (held, held_qty))
            self.assertAlmostEqual(row.value, value)
            self.assertAlmostEqual(row.held_value, held_value)
            action = row.action_view_orders()
            self.assertEqual(
                len(self._open_as("viewer", action, "backordered")), orders
            )
            self.assertEqual(len(self._open_as("viewer", action, "on_hold")), held)

    def test_product_and_its_button(self):
        """C5: the product shows the figures of the board for all warehouses."""
        for product in (self.saddle, self.bell, self.pump, self.guarded):
            orders, _lines, quantity, _value = self._recount(self.short, product)
            own = self._as("viewer", product)
            self.assertEqual(own.backorder_order_count, orders)
            self.assertEqual(own.backorder_shortage_qty, quantity)
            self.assertEqual(own.product_tmpl_id.backorder_order_count, orders)
            for record in (own, own.product_tmpl_id):
                opened = self._open_as("viewer", record.action_view_backorders())
                self.assertEqual(len(opened), orders)

    def test_fulfilling_a_row_skips_orders_on_hold(self):
        """C6: only the orders of the row and its warehouse are retried."""
        row = self.env["backorder.product"].search(
            [("product_id", "=", self.bell.id), ("warehouse_id", "=", self.second.id)]
        )
        message = row.action_fulfil()["params"]["message"]
        self.assertIn("0 fulfilled, 1 still backordered, 0 failed", message)

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    def test_report_of_items(self):
        """D3, E7: items and orders add up to the figures of the board."""
        report = self._as("viewer", self.env["backorder.report"])
        for action in (
            "backorder_report_action",
            "backorder_report_action_customer",
            "backorder_product_action_impact",
        ):
            items = self._open_as("viewer", f"backorder_atp_report.{action}")
            self._assert_items(items, self.short, self.backordered)
        held = self._open_as(
            "viewer", "backorder_atp_report.backorder_report_action", "on_hold"
        )
        self._assert_items(held, self.held, self.on_hold)
        self.assertEqual(report.search([]).order_id, self.backordered | self.on_hold)

    def _assert_items(self, items, rows, orders):
        _orders, lines, quantity, value = self._recount(rows)
        self.assertEqual(items.order_id, orders)
        self.assertEqual(len(items.filtered("product_id")), lines)
        self.assertEqual(sum(items.mapped("shortage_qty")), quantity)
        self.assertAlmostEqual(sum(items.mapped("value")), value)

    def test_reports_by_product(self):
        """D3, C11: the reports by product show the products of the tile by default."""
        count = self._get_board()["products_short"]
        for name in ("top", "timeline"):
            action = f"backorder_atp_report.backorder_product_action_{name}"
            self.assertEqual(len(self._open_as("viewer", action)), count)

    def test_printed_report(self):
        """C11: its tables add up to its figures."""
        summary = self._as("manager", self.env["backorder.summary"]).create(
            {"company_id": self.company.id}
        )
        figures = summary._get_figures()
        _orders, _lines, quantity, value = self._recount(self.short)
        self.assertEqual(figures["board"]["orders_backordered"], len(self.backordered))
        for name in ("priorities", "states", "customers"):
            rows = figures[name]
            self.assertEqual(sum(row[1] for row in rows), len(self.backordered), name)
            self.assertEqual(sum(row[2] for row in rows), quantity)
            self.assertAlmostEqual(sum(row[3] for row in rows), value)
        self.assertEqual(
            {(row.product_id, row.warehouse_id) for row in figures["products"]},
            self._get_keys(self.short),
        )
        self.assertEqual(len(figures["timeline"]), len(self._get_keys(self.short)))
        self._assert_period(figures["period"])

    def test_current_month(self):
        """C11: current backorders count at the end of the current month."""
        self.env.flush_all()
        month = self._as("viewer", self.env["backorder.period"]).search(
            [("period_type", "=", "month")], order="date_from desc", limit=1
        )
        self._assert_period(month.read(["open_count", "held_open_count"])[0])
        held = self.orders["held"]
        held.action_release_hold("Needed now")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(month.open_count, len(self.backordered) + 1)
        self.assertEqual(month.held_open_count, len(self.on_hold) - 1)

    def _assert_period(self, figures):
        self.assertEqual(figures["open_count"], len(self.backordered))
        self.assertEqual(figures["held_open_count"], len(self.on_hold))

    def test_snapshot_equals_the_board(self):
        """C11: the snapshot has the figures of the board."""
        rows = self.env["backorder.snapshot"]._take(self.company)
        whole = rows.filtered(lambda row: row.scope == "company")
        board = self._get_board("viewer")
        self.assertEqual(
            (whole.order_count, whole.held_count, whole.shortage_qty, whole.value),
            tuple(
                board[name]
                for name in (
                    "orders_backordered",
                    "orders_on_hold",
                    "shortage_qty",
                    "shortage_value",
                )
            ),
        )
        self.assertEqual(
            (whole.held_qty, whole.held_value), (board["held_qty"], board["held_value"])
        )
        products = rows.filtered(lambda row: row.scope == "product")
        for name in ("shortage_qty", "value", "held_qty", "held_value"):
            self.assertAlmostEqual(sum(products.mapped(name)), whole[name], 6, name)
        self.assertEqual(
            whole.date, fields.Date.today(), "there is no snapshot before today"
        )

    # ------------------------------------------------------------------
    # Value
    # ------------------------------------------------------------------

    def test_value_is_not_rounded_by_the_unit_of_the_order(self):
        """C5: one unit of a dozen at 12 is worth 1, not the rounded 0.08 dozen."""
        lamp = self._create_product("Lamp", allow_backorder="yes")
        self._set_stock(lamp, 11)
        line = {
            "product_id": lamp.id,
            "product_uom_qty": 1,
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            "price_unit": 12,
            "tax_ids": False,
        }
        self._confirm(line, warehouse_id=self.warehouse.id)
        row = self.env["backorder.product"].search([("product_id", "=", lamp.id)])
        self.assertEqual((row.shortage_qty, row.value), (1, 1))
