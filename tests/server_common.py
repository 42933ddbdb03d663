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

from odoo.tests import BaseCase, get_db_name
from odoo.tools import config

from .http_server import ODOO, Client, OdooServer, RemoteError, run_at_once

ROOT = Path(os.path.realpath(__file__)).parent.parent
MAKE_DATABASE = ROOT / "tools" / "database.sh"
IS_SET_UP = MAKE_DATABASE.exists() and Path(sys.executable).is_relative_to(
    ROOT / ".odoo"
)
# The modules that other addons are tested with, which have a template database.
WITH_BRIDGES = ["backorder_atp"] + sorted(
    path.parent.name for path in ROOT.glob("addons/*/__manifest__.py")
)
# The modules that features are tested with, which only need the root.
FIND_FEATURES = ROOT / "tools" / "features.py"
WITH_FEATURES = ["backorder_atp"]
if FIND_FEATURES.exists():
    WITH_FEATURES += subprocess.check_output(
        [sys.executable, FIND_FEATURES], text=True
    ).split()
WAIT_SECONDS = 120
PASS = """
env["backorder.retry"]._cron_process()
env.cr.commit()
"""


@unittest.skipUnless(
    IS_SET_UP, 'needs the tools of the repository: run by "make test" only'
)
class ServerCommon(BaseCase):
    """Several server processes on a database of their own, used over HTTP.

    Threads that share one cursor would prove nothing.
    """

    modules = ["backorder_atp"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A copy of the template: the database of this process cannot be copied.
        cls.database = f"{get_db_name()}_http"
        cls.addClassCleanup(cls._drop_database)
        subprocess.run([MAKE_DATABASE, cls.database, *cls.modules], check=True)
        cls.stack = ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.server = cls._start_server(workers=4)
        cls.admin = Client(cls.server)
        cls._set_up_company()

    @classmethod
    def _start_server(cls, **options):
        return cls.stack.enter_context(OdooServer(cls.database, **options))

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
    # Creating records
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
        """Set the stock of the product by an inventory count."""
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
        """Create quotations for one unit each."""
        line = {"product_id": product_id, "product_uom_qty": 1}
        order = {"partner_id": self.customer, "order_line": [(0, 0, line)]}
        return self._create("sale.order", *[order] * count)

    def _create_backorders(self, product_id, count):
        """Confirm ``count`` orders without stock, then count the stock they need."""
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
        """Create a delivery and set it as picked, with or without stock."""
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
    # Concurrent operations
    # ------------------------------------------------------------------

    def _press_at_once(self, model, method, ids, warm=True):
        """Press the button of each record in a separate session.

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

    def _finish_all_retries(self):
        """Run the scheduled action until no retry is left."""
        for _ in range(3):
            if not self._count("backorder.retry"):
                return
            self._finish(self._start_pass())
        self.assertFalse(self._count("backorder.retry"))

    def _wait_until(self, is_reached, message):
        deadline = time.monotonic() + WAIT_SECONDS
        while not is_reached():
            self.assertLess(time.monotonic(), deadline, message)
            time.sleep(0.1)

    # ------------------------------------------------------------------
    # Reading
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
        """Return the quantity and the reserved quantity of each row of the product."""
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
        """Return the reserved quantity of each move of the orders."""
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
        """Wait until the running ``process`` has committed more orders."""
        before = self._count_allocated(order_ids)
        while self._count_allocated(order_ids) == before:
            self.assertIsNone(process.poll(), "it ended without allocating")
            time.sleep(0.02)
