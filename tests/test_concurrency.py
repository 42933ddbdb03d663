# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
import shutil
import subprocess
import sys
import time
import unittest
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

from .http_server import ODOO, Client, OdooServer, RemoteError, run_at_once

ROOT = Path(os.path.realpath(__file__)).parent.parent
MAKE_DATABASE = ROOT / "tools" / "database.sh"
IS_SET_UP = MAKE_DATABASE.exists() and Path(sys.executable).is_relative_to(
    ROOT / ".odoo"
)
ORDERS = 120
PASS = """
env["backorder.check"]._cron_process()
env.cr.commit()
"""
JOB = """
env["backorder.job"]._cron_process()
env.cr.commit()
"""
BUY = """
env["backorder.supply"]._cron_buy()
env.cr.commit()
"""


@unittest.skipUnless(
    IS_SET_UP, 'needs the tools of the repository: run by "make test" only'
)
@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Several server processes on a database of their own, used over HTTP.

    Threads that share one cursor would prove nothing.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A copy of the template: the database of this process cannot be copied.
        cls.database = f"{get_db_name()}_http"
        cls.addClassCleanup(cls._drop_database)
        subprocess.run([MAKE_DATABASE, cls.database, "backorder_atp"], check=True)
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.server = stack.enter_context(OdooServer(cls.database, workers=4))
        cls.admin = Client(cls.server)
        cls._set_up_company()

    @classmethod
    def _drop_database(cls):
        subprocess.run(["dropdb", "--if-exists", "--force", cls.database], check=True)
        shutil.rmtree(config.filestore(cls.database), ignore_errors=True)

    @classmethod
    def _set_up_company(cls):
        [cls.company_id] = cls.admin.call("res.company", "search", [])
        cls._set_phase("hard")
        [cls.warehouse] = cls.admin.call("stock.warehouse", "search_read", [])
        [cls.stock_id, _name] = cls.warehouse["lot_stock_id"]
        [cls.type_id, _name] = cls.warehouse["out_type_id"]
        [cls.customer] = cls._create("res.partner", {"name": "Impatient Customer"})

    @classmethod
    def _set_phase(cls, phase):
        values = {"promise_phase": phase}
        cls.admin.call("res.company", "write", cls.company_id, values)

    def tearDown(self):
        # pytest shows it for tests that fail
        sys.stderr.write(self.server.take_log())
        super().tearDown()

    # ------------------------------------------------------------------
    # Making things
    # ------------------------------------------------------------------

    @classmethod
    def _create(cls, model, *vals_list):
        return cls.admin.call(model, "create", list(vals_list))

    def _create_product(self, name, **values):
        [product_id] = self._create(
            "product.product", {"name": name, "is_storable": True, **values}
        )
        return product_id

    def _set_stock(self, product_id, quantity):
        """Count ``quantity`` of the product, as the warehouse does."""
        [quant_id] = self.admin.call(
            "stock.quant",
            "create",
            [
                {
                    "product_id": product_id,
                    "location_id": self.stock_id,
                    "inventory_quantity": quantity,
                }
            ],
            context={"inventory_mode": True},
        )
        self.admin.call("stock.quant", "action_apply_inventory", [quant_id])

    def _create_orders(self, product_id, count):
        """Create quotations over one unit each."""
        line = {"product_id": product_id, "product_uom_qty": 1}
        order = {"partner_id": self.customer, "order_line": [(0, 0, line)]}
        return self._create("sale.order", *[order] * count)

    def _create_waiting_orders(self, product_id, count):
        """Confirm ``count`` orders without stock, then count what they need."""
        order_ids = self._create_orders(product_id, count)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        self._set_stock(product_id, count)
        return order_ids

    def _create_delivery(self, product_id, quantity):
        [customers] = self.admin.call(
            "stock.location", "search", [("usage", "=", "customer")], limit=1
        )
        places = {"location_id": self.stock_id, "location_dest_id": customers}
        move = {"product_id": product_id, "product_uom_qty": quantity, **places}
        [picking_id] = self._create(
            "stock.picking",
            {"picking_type_id": self.type_id, "move_ids": [(0, 0, move)], **places},
        )
        return picking_id

    def _create_picked_delivery(self, product_id, quantity):
        """Create a delivery and pick for it, whether there is any stock or not."""
        picking_id = self._create_delivery(product_id, quantity)
        self.admin.press("stock.picking", "action_confirm", picking_id)
        move_ids = self.admin.call(
            "stock.move", "search", [("picking_id", "=", picking_id)]
        )
        self.admin.call(
            "stock.move", "write", move_ids, {"quantity": quantity, "picked": True}
        )
        return picking_id

    # ------------------------------------------------------------------
    # Doing things at once
    # ------------------------------------------------------------------

    def _press_at_once(self, model, method, ids, warm=True):
        """Let each record's button be pressed in a session of its own.

        :return: the errors by record id
        """
        clients = [Client(self.server) for _ in ids]
        if warm:
            clients = [client.warm_up() for client in clients]
        answers = run_at_once(
            [
                partial(client.press, model, method, id_)
                for client, id_ in zip(clients, ids, strict=True)
            ]
        )
        return {
            id_: answer
            for id_, answer in zip(ids, answers, strict=True)
            if isinstance(answer, RemoteError)
        }

    def _start_pass(self, code=PASS):
        """Start a process that does what a scheduled action does."""
        process = subprocess.Popen(
            [*ODOO, "shell", "-d", self.database, "--no-http"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        process.stdin.write(code)
        process.stdin.close()
        return process

    def _finish(self, *passes):
        for process in passes:
            output = process.stdout.read()
            self.assertEqual(process.wait(), 0, output)

    def _finish_all_checks(self):
        """Run passes, as the scheduled action is called again, until none is left."""
        for _ in range(3):
            if not self._count("backorder.check"):
                return
            self._finish(self._start_pass())
        self.assertFalse(self._count("backorder.check"))

    # ------------------------------------------------------------------
    # Looking at things
    # ------------------------------------------------------------------

    def _count(self, model, *domain):
        return self.admin.call(model, "search_count", list(domain))

    def _count_allocated(self, order_ids):
        return self._count(
            "sale.order",
            ("id", "in", order_ids),
            ("backorder_state", "=", "allocated"),
        )

    def _get_quants(self, product_id):
        """Return what each row of the product has, and what of it is reserved."""
        quants = self.admin.call(
            "stock.quant",
            "search_read",
            [("product_id", "=", product_id), ("location_id", "=", self.stock_id)],
            ["quantity", "reserved_quantity"],
        )
        return [(quant["quantity"], quant["reserved_quantity"]) for quant in quants]

    def _get_stock(self, product_id):
        return tuple(map(sum, zip(*self._get_quants(product_id), strict=True)))

    def _get_reservations(self, order_ids):
        """Return what each move of the orders has reserved."""
        moves = self.admin.call(
            "stock.move",
            "search_read",
            [("sale_line_id.order_id", "in", order_ids)],
            ["quantity"],
        )
        return [move["quantity"] for move in moves]

    def _get_event_orders(self, event_type, order_ids):
        """Return the order of each event of a type."""
        events = self.admin.call(
            "backorder.event",
            "search_read",
            [("event_type", "=", event_type), ("order_id", "in", order_ids)],
            ["order_id"],
        )
        return sorted(event["order_id"][0] for event in events)

    # ------------------------------------------------------------------
    # Promising
    # ------------------------------------------------------------------

    def _sell_last_units(self, name, stock, count, warm=True):
        """Let ``count`` orders of one unit be confirmed at once."""
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
        """Assert that ``count`` orders are confirmed, and each other is recorded."""
        sold_ids = [id_ for id_ in order_ids if id_ not in errors]
        self.assertEqual(len(sold_ids), count)
        sold = [("id", "in", order_ids), ("state", "=", "sale")]
        self.assertCountEqual(self.admin.call("sale.order", "search", sold), sold_ids)
        blocked_ids = self._get_event_orders("order:blocked", order_ids)
        self.assertEqual(blocked_ids, sorted(errors))

    def test_last_units_are_sold_once(self):
        """B8: many confirm at once; the stock decides who gets it, the rest is told."""
        product_id, order_ids = self._sell_last_units("Last Ticket", 3, 8)
        self.assertEqual(self._get_reservations(order_ids), [1.0] * 3)
        self.assertEqual(self._get_stock(product_id), (3, 3))

    def test_last_units_are_sold_once_in_new_sessions(self):
        """B8: a request that wrote before, here the device log, is run again."""
        self._sell_last_units("Last Seat", 2, 4, warm=False)

    def test_last_units_are_promised_once_to_programs(self):
        """B8, E5: the same by the method that answers instead of raising."""
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
            if result["status"] == "refused"
        }
        self.assertEqual(len(refused), 5)
        for result in refused.values():
            [item] = result["unavailableItems"]
            self.assertEqual(item["shortfall"], 1)
        self._assert_sold(order_ids, 3, refused)

    def test_last_units_are_sold_once_though_nothing_is_reserved(self):
        """B8: the promise counts, not the reservation, which is made by hand here."""
        self._set_reservation("manual")
        self.addCleanup(self._set_reservation, "at_confirm")
        self._sell_last_units("Last Room", 3, 8)

    def _set_reservation(self, method):
        values = {"reservation_method": method}
        self.admin.call("stock.picking.type", "write", self.type_id, values)

    # ------------------------------------------------------------------
    # Holding
    # ------------------------------------------------------------------

    def _prepare_hold(self, product_id):
        return {
            "product_id": product_id,
            "warehouse_id": self.warehouse["id"],
            "quantity": 1,
            "partner_id": self.customer,
        }

    def _run_in_sessions(self, requests):
        """Let each request be made in a session of its own, all at once.

        :param requests: functions of a client
        """
        clients = [Client(self.server).warm_up() for _ in requests]
        return run_at_once(
            [
                partial(request, client)
                for request, client in zip(requests, clients, strict=True)
            ]
        )

    def _hold_one(self, product_id):
        values = self._prepare_hold(product_id)
        return lambda client: client.call("stock.hold", "create", [values])

    def _confirm_one(self, order_id):
        return lambda client: client.press("sale.order", "action_confirm", order_id)

    def test_last_units_are_held_once(self):
        """E5, B8: many hold at once; the stock decides who does."""
        product_id = self._create_product("Last Table")
        self._set_stock(product_id, 3)
        answers = self._run_in_sessions([self._hold_one(product_id)] * 8)
        errors = [answer for answer in answers if isinstance(answer, RemoteError)]
        self.assertEqual(len(errors), 5)
        for error in errors:
            self.assertRegex(error.name, r"\.OrderValidationError$")
        held = [("product_id", "=", product_id), ("state", "=", "active")]
        self.assertEqual(self._count("stock.hold", *held), 3)

    def test_last_units_are_held_or_sold(self):
        """E5, B8: holds and orders of others take the same units only once."""
        product_id = self._create_product("Last Bed")
        self._set_stock(product_id, 3)
        [rival] = self._create("res.partner", {"name": "Rival"})
        order_ids = self._create_orders(product_id, 4)
        self.admin.call("sale.order", "write", order_ids, {"partner_id": rival})
        requests = [self._confirm_one(order_id) for order_id in order_ids]
        requests += [self._hold_one(product_id)] * 4
        answers = self._run_in_sessions(requests)
        errors = [answer for answer in answers if isinstance(answer, RemoteError)]
        self.assertEqual(len(errors), 5)
        sold = self._count(
            "sale.order", ("id", "in", order_ids), ("state", "=", "sale")
        )
        held = self._count("stock.hold", ("product_id", "=", product_id))
        self.assertEqual(sold + held, 3)
        self.assertEqual(self._get_stock(product_id), (3, sold))

    def test_two_expiries_at_once_expire_each_hold_once(self):
        """E5: scheduled actions beside each other share the work."""
        product_id = self._create_product("Forgotten")
        self._set_stock(product_id, 20)
        self._create("stock.hold", *[self._prepare_hold(product_id)] * 20)
        expire = (
            'env.cr.execute("UPDATE stock_hold SET expiry_date = now() AT TIME ZONE'
            f" 'UTC' - interval '1 minute' WHERE product_id = {product_id}\")\n"
            "env.cr.commit()\n"
        )
        self._finish(self._start_pass(expire))
        run = 'env["stock.hold"]._cron_expire()\nenv.cr.commit()\n'
        self._finish(self._start_pass(run), self._start_pass(run))
        self._finish(self._start_pass(run))
        domain = [("product_id", "=", product_id)]
        expired = [*domain, ("state", "=", "expired")]
        self.assertEqual(self._count("stock.hold", *expired), 20)
        events = [*domain, ("event_type", "=", "hold:expired")]
        self.assertEqual(self._count("backorder.event", *events), 20)

    # ------------------------------------------------------------------
    # Delivering
    # ------------------------------------------------------------------

    def _deliver_at_once(self, product_id, picking_ids, balance):
        """Assert that all are delivered from one row, and each is recorded."""
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

    def test_parallel_deliveries_of_nothing_share_one_row(self):
        """A2: both go negative where no row was; one row has the sum."""
        self._deliver_nothing_at_once("From Nothing")

    def test_parallel_deliveries_of_nothing_share_one_row_in_the_dark_phase(self):
        """A2: so they do where no promise is guarded."""
        self._set_phase("dark")
        self.addCleanup(self._set_phase, "hard")
        self._deliver_nothing_at_once("From Dark Nothing")

    def test_parallel_deliveries_into_the_negative_share_one_row(self):
        """A2: both take more than the row has; it stays one row."""
        product_id = self._create_product("From Little", allow_backorder="yes")
        self._set_stock(product_id, 1)
        picking_ids = [self._create_picked_delivery(product_id, 2) for _ in range(2)]
        self._deliver_at_once(product_id, picking_ids, -3)

    def test_last_unit_is_delivered_once(self):
        """A7: the later delivery sees what the earlier one took."""
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

    # ------------------------------------------------------------------
    # Retrying
    # ------------------------------------------------------------------

    def _assert_each_served_once(self, product_id, order_ids):
        count = len(order_ids)
        self.assertEqual(self._count_allocated(order_ids), count)
        self.assertEqual(self._get_stock(product_id), (count, count))
        self.assertEqual(self._get_reservations(order_ids), [1.0] * count)
        for event_type in ("order:allocated", "order:backorder_resolved"):
            self.assertEqual(
                self._get_event_orders(event_type, order_ids), sorted(order_ids)
            )

    def _wait_for_allocations(self, process, order_ids):
        """Wait until the running pass has committed some more orders."""
        before = self._count_allocated(order_ids)
        while self._count_allocated(order_ids) == before:
            self.assertIsNone(process.poll(), "the pass ended without allocating")
            time.sleep(0.02)

    def test_killed_retry_goes_on_where_it_stopped(self):
        """C2, C3: a pass dies half-way; the next one serves the others, none twice."""
        product_id = self._create_product("Awaited", allow_backorder="yes")
        order_ids = self._create_waiting_orders(product_id, ORDERS)
        process = self._start_pass()
        self._wait_for_allocations(process, order_ids)
        process.kill()
        process.wait()
        self.assertLess(self._count_allocated(order_ids), ORDERS)
        self._finish_all_checks()
        self._assert_each_served_once(product_id, order_ids)

    def test_two_retries_at_once_serve_each_order_once(self):
        """C2, C3: passes beside each other share the work and repeat none of it."""
        waiting = {}
        for name in ("Wanted Here", "Wanted There"):
            product_id = self._create_product(name, allow_backorder="yes")
            waiting[product_id] = self._create_waiting_orders(product_id, ORDERS // 2)
        self._finish(self._start_pass(), self._start_pass())
        self._finish_all_checks()
        for product_id, order_ids in waiting.items():
            self._assert_each_served_once(product_id, order_ids)

    # ------------------------------------------------------------------
    # Buying
    # ------------------------------------------------------------------

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

    def test_one_shortage_is_bought_once(self):
        """D5: many buyers press the button of one order at once; one request is made,
        the others are told."""
        product_id = self._create_bought_product("Bought Once")
        order_ids = self._create_orders(product_id, 5)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        wizard_ids = [
            self.admin.press("sale.order", "action_open_purchase", *order_ids)["res_id"]
            for _buyer in range(4)
        ]
        errors = self._press_at_once("backorder.purchase", "action_buy", wizard_ids)
        self.assertEqual(self._get_bought(product_id), [6.0])
        self.assertEqual(len(errors), 3)
        for error in errors.values():
            self.assertIn("has changed meanwhile", error.message)

    def test_buyer_and_schedule_buy_a_shortage_once(self):
        """D5: so it is when the scheduled action runs beside a buyer, and twice."""
        self.admin.call(
            "res.company", "write", self.company_id, {"backorder_auto_purchase": True}
        )
        product_id = self._create_bought_product("Bought by Schedule")
        order_ids = self._create_orders(product_id, 5)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        wizard = self.admin.press("sale.order", "action_open_purchase", *order_ids)
        passes = [self._start_pass(BUY), self._start_pass(BUY)]
        self._press_at_once("backorder.purchase", "action_buy", [wizard["res_id"]])
        self._finish(*passes)
        self.assertEqual(self._get_bought(product_id), [6.0])

    # ------------------------------------------------------------------
    # Splitting
    # ------------------------------------------------------------------

    def _create_splittable_order(self):
        """Confirm an order over five units, two of which are there."""
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

    def _assert_one_succeeded(self, answers, message):
        errors = [answer for answer in answers if isinstance(answer, RemoteError)]
        self.assertEqual(len(errors), len(answers) - 1)
        for error in errors:
            self.assertIn(message, error.message)

    def test_clicks_at_once_make_one_backorder(self):
        """C7: whoever comes second is told that there is nothing left to split."""
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

    # ------------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------------

    def test_two_workers_share_no_order_of_a_job(self):
        """C6: a job is in one hand at a time; each order is tried once."""
        product_id = self._create_product("In the Background", allow_backorder="yes")
        order_ids = self._create_orders(product_id, 30)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        action = self.admin.press("sale.order", "action_fulfil", *order_ids)
        [job_id] = action["params"]["job_ids"]
        self._finish(*(self._start_pass(JOB) for _ in range(2)))
        self._finish(self._start_pass(JOB))  # what the first left when both met
        [job] = self.admin.call("backorder.job", "read", [job_id])
        self.assertEqual((job["state"], job["waiting_count"]), ("done", 30))
        tried = self.admin.call(
            "backorder.event",
            "search_count",
            [("event_type", "=", "order:retry"), ("order_id", "in", order_ids)],
        )
        self.assertEqual(tried, 30)
