# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from odoo.sql_db import db_connect
from odoo.tests import tagged

from ..models.stock_promise_guard import LOCK_SPACE, TRANSACTION_SPACE
from .http_server import Client, RemoteError, run_at_once
from .server_common import ServerCommon

ORDERS = 120
BUY = """
env["backorder.supply"]._cron_buy()
env.cr.commit()
"""


class ConcurrencyCommon(ServerCommon):
    """Operations of several server processes that must not happen twice (B8, C2,
    C3)."""

    def _sell_last_units(self, name, stock, count, warm=True):
        """Confirm ``count`` orders of one unit at once."""
        product_id = self._create_product(name)
        self._set_stock(product_id, stock)
        order_ids = self._create_orders(product_id, count)
        errors = self._press_at_once("sale.order", "action_confirm", order_ids, warm)
        self._assert_sold(order_ids, stock, errors)
        for error in errors.values():
            self.assertRegex(error.name, r"\.OrderValidationError$")
            self.assertIn(name, error.message)
        return product_id, order_ids

    def _assert_sold(self, order_ids, count, errors):
        """Assert that ``count`` orders are confirmed and the others are logged."""
        sold_ids = [id_ for id_ in order_ids if id_ not in errors]
        self.assertEqual(len(sold_ids), count)
        sold = [("id", "in", order_ids), ("state", "=", "sale")]
        self.assertCountEqual(self.admin.call("sale.order", "search", sold), sold_ids)
        blocked_ids = self._get_event_orders("order:blocked", order_ids)
        self.assertEqual(blocked_ids, sorted(errors))

    def _set_reservation(self, method):
        values = {"reservation_method": method}
        self.admin.call("stock.picking.type", "write", self.type_id, values)

    def _run_in_sessions(self, requests):
        """Run each request in a separate session, all at once.

        :param requests: functions of a client
        """
        clients = [Client(self.server).warm_up() for _ in requests]
        return run_at_once(
            [
                partial(request, client)
                for request, client in zip(requests, clients, strict=True)
            ]
        )

    def _confirm_one(self, order_id):
        return lambda client: client.press("sale.order", "action_confirm", order_id)

    def _deliver_at_once(self, product_id, picking_ids, balance):
        """Assert that all are delivered from one row and each is logged."""
        errors = self._press_at_once("stock.picking", "button_validate", picking_ids)
        self.assertFalse(errors)
        self.assertEqual(self._get_quants(product_id), [(balance, 0)])
        events = [
            ("event_type", "=", "inventory.backordered"),
            ("product_id", "=", product_id),
        ]
        self.assertEqual(self._count("backorder.event", *events), len(picking_ids))

    def _deliver_nothing_at_once(self, name):
        product_id = self._create_product(name, allow_backorder="yes")
        picking_ids = [self._create_delivery(product_id, 1) for _ in range(2)]
        self.assertFalse(self._get_quants(product_id))
        self._deliver_at_once(product_id, picking_ids, -2)

    def _create_bought_product(self, name):
        [vendor_id] = self._create("res.partner", {"name": f"Vendor of {name}"})
        seller = {"partner_id": vendor_id, "price": 1}
        return self._create_product(
            name, allow_backorder="yes", seller_ids=[(0, 0, seller)]
        )

    def _get_bought(self, product_id):
        lines = self.admin.call(
            "purchase.order.line",
            "search_read",
            [("product_id", "=", product_id)],
            ["product_qty"],
        )
        return [line["product_qty"] for line in lines]

    def _create_splittable_order(self):
        """Confirm an order for five units, two of which are in stock."""
        product_id = self._create_product("Half There", allow_backorder="yes")
        self._set_stock(product_id, 2)
        line = {"product_id": product_id, "product_uom_qty": 5}
        [order_id] = self._create(
            "sale.order",
            {"partner_id": self.customer, "order_line": [(0, 0, line)]},
        )
        self.admin.press("sale.order", "action_confirm", order_id)
        return order_id

    def _call_at_once(self, count, method, order_id, *args):
        clients = [Client(self.server).warm_up() for _ in range(count)]
        return run_at_once(
            [
                partial(client.call, "sale.order", method, [order_id], *args)
                for client in clients
            ]
        )

    def _lose_connection(self, lock, stock=3):
        """End the connection of a confirmation that waits for what ``lock`` locks.

        :param lock: SQL, with the parameter ``order_id``
        :return: the exception of the confirmation, if any
        """
        product_id = self._create_product("Lost")
        self._set_stock(product_id, stock)
        [first_id, order_id] = self._create_orders(product_id, 2)
        self.admin.press("sale.order", "action_confirm", first_id)
        with (
            ThreadPoolExecutor(1) as threads,
            db_connect(self.database).cursor() as cr,
        ):
            cr.execute(lock, {"order_id": order_id})
            press = partial(self.admin.press, "sale.order", "action_confirm")
            change = threads.submit(press, order_id)
            self._wait_until_blocked(cr, change)
            cr.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = %s AND wait_event_type = 'Lock'""",
                [self.database],
            )
            cr.rollback()
        return change.exception()

    @contextmanager
    def _promising(self, product_id, quantity):
        """Yield the cursor of a transaction that has promised ``quantity``."""
        with (
            db_connect(self.database).cursor() as cr,
            db_connect(self.database).cursor() as side,
        ):
            cr.execute(
                """SELECT pg_advisory_xact_lock(%s, (id %% 2147483648)::int), id
                     FROM (SELECT pg_current_xact_id()::text::bigint AS id) own""",
                [TRANSACTION_SPACE],
            )
            _lock, id_ = cr.fetchone()
            side.execute(
                """INSERT INTO stock_promise_claim
                   SELECT %s, id, %s, %s::text::xid8, pg_postmaster_start_time()
                     FROM stock_warehouse""",
                [product_id, quantity, id_],
            )
            side.commit()
            yield cr

    def _get_open_transactions(self):
        with db_connect(self.database).cursor() as cr:
            cr.execute(
                "SELECT query FROM pg_stat_activity WHERE datname = %s"
                " AND state LIKE 'idle in transaction%%'",
                [self.database],
            )
            return cr.fetchall()

    def _get_promise_locks(self):
        with db_connect(self.database).cursor() as cr:
            cr.execute(
                "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
                " AND classid IN %s",
                [(LOCK_SPACE, TRANSACTION_SPACE)],
            )
            return cr.fetchall()

    def _wait_until_blocked(self, cr, change):
        """Wait until ``change`` waits for what ``cr`` has locked, or has ended."""
        blocked = """SELECT FROM pg_locks WHERE NOT granted
                        AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"""
        while not change.done():
            cr.execute(blocked)
            if cr.rowcount:
                return
            time.sleep(0.05)

    def _assert_one_succeeded(self, answers, message):
        errors = [answer for answer in answers if isinstance(answer, RemoteError)]
        self.assertEqual(len(errors), len(answers) - 1)
        for error in errors:
            self.assertIn(message, error.message)


@tagged("post_install", "-at_install")
class TestConcurrency(ConcurrencyCommon):
    def test_last_units_are_sold_once(self):
        """B8: many orders are confirmed at once; those beyond the stock are refused."""
        product_id, order_ids = self._sell_last_units("Last Ticket", 3, 8)
        self._finish_all_retries()
        self.assertEqual(self._get_reservations(order_ids), [1.0] * 3)
        self.assertEqual(self._get_stock(product_id), (3, 3))

    def test_last_units_are_sold_once_in_new_sessions(self):
        """B8: a request that wrote before, here the device log, is retried."""
        self._sell_last_units("Last Seat", 2, 4, warm=False)

    def test_last_units_are_promised_once_to_programs(self):
        """B8, E5: the same with the method that returns a result instead of raising."""
        product_id = self._create_product("Last Place")
        self._set_stock(product_id, 3)
        order_ids = self._create_orders(product_id, 8)
        clients = [Client(self.server).warm_up() for _ in order_ids]
        results = run_at_once(
            [
                partial(client.call, "sale.order", "process_promise", [id_])
                for client, id_ in zip(clients, order_ids, strict=True)
            ]
        )
        refused = {
            result["orderId"]: result
            for result in results
            if result["status"] == "insufficient_inventory"
        }
        self.assertEqual(len(refused), 5)
        for result in refused.values():
            [item] = result["unavailableItems"]
            self.assertEqual(item["shortfall"], 1)
        self._assert_sold(order_ids, 3, refused)

    def test_last_units_are_sold_once_without_reservations(self):
        """B8: the promise counts, not the reservation, which is manual here."""
        self._set_reservation("manual")
        self.addCleanup(self._set_reservation, "at_confirm")
        self._sell_last_units("Last Room", 3, 8)

    def test_parallel_deliveries_without_stock_share_one_row(self):
        """A2: both go negative although no row existed; one row has the sum."""
        self._deliver_nothing_at_once("From Nothing")

    def test_parallel_deliveries_share_one_row_in_the_monitor_phase(self):
        """A2: the same where no promise is guarded."""
        self._set_phase("dark")
        self.addCleanup(self._set_phase, "hard")
        self._deliver_nothing_at_once("From Dark Nothing")

    def test_parallel_deliveries_into_the_negative_share_one_row(self):
        """A2: both take more than the row has; it remains one row."""
        product_id = self._create_product("From Little", allow_backorder="yes")
        self._set_stock(product_id, 1)
        picking_ids = [self._create_picked_delivery(product_id, 2) for _ in range(2)]
        self._deliver_at_once(product_id, picking_ids, -3)

    def test_last_unit_is_delivered_once(self):
        """A7: the later delivery sees the result of the earlier one."""
        product_id = self._create_product("Last Piece")
        self._set_stock(product_id, 1)
        pickings = [self._create_picked_delivery(product_id, 1) for _ in range(2)]
        errors = self._press_at_once("stock.picking", "button_validate", pickings)
        [error] = errors.values()
        self.assertRegex(error.name, r"\.InsufficientStockError$")
        self.assertIn("Last Piece", error.message)
        self.assertFalse([row for row in self._get_quants(product_id) if row[0]])
        done = [("id", "in", pickings), ("state", "=", "done")]
        self.assertEqual(self._count("stock.picking", *done), 1)

    def test_released_stock_is_free_although_its_row_is_locked(self):
        """C2: a released reservation does not stay on a second row."""
        product_id = self._create_product("Given Back")
        self._set_stock(product_id, 3)
        line = {"product_id": product_id, "product_uom_qty": 3}
        [order_id] = self._create(
            "sale.order", {"partner_id": self.customer, "order_line": [(0, 0, line)]}
        )
        self.admin.press("sale.order", "action_confirm", order_id)
        [line_id] = self.admin.call(
            "sale.order.line", "search", [("order_id", "=", order_id)]
        )
        with (
            ThreadPoolExecutor(1) as threads,
            db_connect(self.database).cursor() as cr,
        ):
            cr.execute(
                "SELECT FROM stock_quant WHERE product_id = %s FOR UPDATE", [product_id]
            )
            values = {"product_uom_qty": 1}
            write = partial(self.admin.call, "sale.order.line", "write")
            change = threads.submit(write, [line_id], values)
            self._wait_until_blocked(cr, change)
            cr.rollback()
        change.result()
        self.assertEqual(self._get_quants(product_id), [(3, 1)])

    def test_contested_stock_is_reserved_by_the_queue(self):
        """B8, C2: the order is covered, not backordered, until then."""
        product_id = self._create_product("Contested")
        self._set_stock(product_id, 2)
        order_ids = self._create_orders(product_id, 2)
        with self._promising(product_id, 1):
            self.admin.press("sale.order", "action_confirm", order_ids[0])
        self.admin.press("sale.order", "action_confirm", order_ids[1])
        self.assertEqual(self._get_reservations(order_ids), [0, 0])
        backordered = [("order_id", "in", order_ids), ("backorder_qty", ">", 0)]
        self.assertFalse(self._count("sale.order.line", *backordered))
        self._finish_all_retries()
        self.assertEqual(self._get_reservations(order_ids), [1, 1])
        self.assertFalse(self._count("sale.order.line", *backordered))

    def test_order_is_not_refused_for_one_that_fails(self):
        """B8: the promise in flight took the last unit, but is rolled back."""
        product_id = self._create_product("Given Up")
        self._set_stock(product_id, 1)
        [order_id] = self._create_orders(product_id, 1)
        with ThreadPoolExecutor(1) as threads, self._promising(product_id, 1) as cr:
            press = partial(self.admin.press, "sale.order", "action_confirm")
            change = threads.submit(press, order_id)
            self._wait_until_blocked(cr, change)
            self.assertFalse(change.done())
            cr.rollback()
            self.assertIsNone(change.exception())
        sold = [("id", "=", order_id), ("state", "=", "sale")]
        self.assertEqual(self._count("sale.order", *sold), 1)

    def test_order_that_is_short_anyway_is_refused_at_once(self):
        """B8: without waiting for promises that make no difference."""
        product_id = self._create_product("Gone")
        [order_id] = self._create_orders(product_id, 1)
        with (
            self._promising(product_id, 1),
            self.assertRaisesRegex(RemoteError, "Not enough stock"),
        ):
            self.admin.press("sale.order", "action_confirm", order_id)

    def test_lost_connection_leaves_neither_lock_nor_claim(self):
        """B8: what it was about to promise can be promised to another order at once."""
        locked = "SELECT FROM sale_order WHERE id = %(order_id)s FOR UPDATE"
        self.assertIsInstance(self._lose_connection(locked, stock=2), RemoteError)
        self._wait_until(
            lambda: not self._get_promise_locks(), "the lock outlives its connection"
        )
        self.assertFalse(self._get_open_transactions())
        [product_id] = self.admin.call(
            "product.product", "search", [("name", "=", "Lost")]
        )
        [order_id] = self._create_orders(product_id, 1)
        self.admin.press("sale.order", "action_confirm", order_id)
        [other_id] = self._create_orders(product_id, 1)
        with self.assertRaisesRegex(RemoteError, "Not enough stock"):
            self.admin.press("sale.order", "action_confirm", other_id)

    def test_lost_exchange_of_claims_is_repeated(self):
        """B8: the user notices nothing, and no transaction stays open."""
        locked = "LOCK TABLE stock_promise_claim IN EXCLUSIVE MODE"
        self.assertFalse(self._lose_connection(locked))
        self.assertFalse(self._get_open_transactions())
        error = self._lose_connection(locked, stock=1)
        self.assertRegex(error.name, r"\.OrderValidationError$")
        self.assertFalse(self._get_open_transactions())

    def test_killed_retry_continues_where_it_stopped(self):
        """C2, C3: the next run allocates the rest, and nothing twice."""
        product_id = self._create_product("In Demand", allow_backorder="yes")
        order_ids = self._create_backorders(product_id, ORDERS)
        process = self._start_pass()
        self._wait_for_allocations(process, order_ids)
        process.kill()
        process.wait()
        self.assertLess(self._count_allocated(order_ids), ORDERS)
        self._finish_all_retries()
        self._assert_each_served_once(product_id, order_ids)

    def test_parallel_retries_allocate_each_order_once(self):
        """C2, C3: parallel runs share the work and repeat none of it."""
        backordered = {}
        for name in ("Wanted Here", "Wanted There"):
            product_id = self._create_product(name, allow_backorder="yes")
            backordered[product_id] = self._create_backorders(product_id, ORDERS // 2)
        self._finish(self._start_pass(), self._start_pass())
        self._finish_all_retries()
        for product_id, order_ids in backordered.items():
            self._assert_each_served_once(product_id, order_ids)

    def test_clicks_at_once_make_one_backorder(self):
        """C7: the second user is informed that nothing is left to split."""
        order_id = self._create_splittable_order()
        answers = self._call_at_once(3, "split_backorder", order_id, True)
        self._assert_one_succeeded(answers, "cannot be split (status: ALLOCATED)")
        children = [("backorder_parent_id", "=", order_id)]
        [child] = self.admin.call("sale.order", "search_read", children, ["order_line"])
        answers = self._call_at_once(3, "merge_backorder", child["id"])
        self._assert_one_succeeded(answers, "cannot be merged back")
        lines = [("order_id", "=", order_id)]
        [line] = self.admin.call(
            "sale.order.line", "search_read", lines, ["product_uom_qty"]
        )
        self.assertEqual(line["product_uom_qty"], 5)
