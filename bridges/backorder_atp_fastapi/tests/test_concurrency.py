# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import subprocess
import threading
import urllib.error
import urllib.request
from collections import Counter
from functools import partial

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.http_server import ODOO, run_at_once
from odoo.addons.backorder_atp.tests.server_common import ServerCommon

from .common import ROOT, SCOPE

CLIENTS = 8
ORDERS_EACH = 3
IN_STOCK = 5
MAKE_KEY = f"""
user = env.ref("base.user_admin")
keys = env["res.users.apikeys"].with_user(user).sudo()
print("KEY", keys._generate("{SCOPE}", "Test", False))
env.cr.commit()
"""


@tagged("post_install", "-at_install")
class TestApiConcurrency(ServerCommon):
    """Programs that all call at once, on several server processes."""

    modules = ["backorder_atp", "backorder_atp_fastapi"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls._make_key()

    @classmethod
    def _make_key(cls):
        result = subprocess.run(
            [*ODOO, "shell", "-d", cls.database, "--no-http", "--log-level=error"],
            input=MAKE_KEY,
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout.rpartition("KEY ")[2].split()[0]

    def _create_stocked(self, quantity):
        product_id = self._create_product("Wanted")
        self._set_stock(product_id, quantity)
        return product_id

    def _request(self, path, body=None, **headers):
        """Return ``(status, body, headers)``."""
        request = urllib.request.Request(
            f"{self.server.url}{ROOT}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "X-Api-Key": self.key,
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return response.status, json.load(response), response.headers
        except urllib.error.HTTPError as error:
            return error.code, json.load(error), error.headers

    def _order(self, product_id, key):
        body = {
            "customerId": self.customer,
            "lines": [{"productId": product_id, "quantity": 1}],
        }
        return self._request("/orders", body, Idempotency_Key=key)

    def _count_orders(self, product_id):
        return self._count("sale.order", ("order_line.product_id", "=", product_id))

    def test_same_key_at_once(self):
        """E9: one order, and the same answer for everybody who sent it."""
        product_id = self._create_stocked(CLIENTS)
        send = partial(self._order, product_id, "same")
        answers = run_at_once([send] * CLIENTS)
        self.assertEqual([status for status, *_rest in answers], [201] * CLIENTS)
        self.assertEqual(len({body["orderId"] for _status, body, _h in answers}), 1)
        replayed = [headers.get("Idempotent-Replayed") for *_rest, headers in answers]
        self.assertEqual(Counter(replayed), {None: 1, "true": CLIENTS - 1})
        self.assertEqual(self._count_orders(product_id), 1)

    def test_last_ones_at_once(self):
        """B8, E5: what is there is sold once; whoever comes too late is told so."""
        product_id = self._create_stocked(IN_STOCK)

        def order_some(client):
            return [
                self._order(product_id, f"last-{client}-{number}")
                for number in range(ORDERS_EACH)
            ]

        answers = run_at_once([partial(order_some, n) for n in range(CLIENTS)])
        counts = Counter(status for rows in answers for status, *_rest in rows)
        self.assertEqual(counts, {201: IN_STOCK, 422: CLIENTS * ORDERS_EACH - IN_STOCK})
        self.assertEqual(self._count_orders(product_id), IN_STOCK)
        # they wait before their snapshot instead of being run again
        self.assertLess(self.server.take_log().count("tries left"), CLIENTS)

    def test_feed_misses_nothing(self):
        """B6: who follows the feed while others write sees every entry, once."""
        products = [
            self._create_product(f"Later {number}", allow_backorder="yes")
            for number in range(4)
        ]
        [last] = self.admin.call(
            "backorder.event", "search_read", [], ["id"], limit=1, order="id desc"
        ) or [{"id": 0}]
        seen, stop = [], threading.Event()

        def follow():
            cursor = last["id"]
            while True:
                is_last = stop.is_set()
                _status, body, _headers = self._request(f"/events?after={cursor}")
                seen.extend(event["id"] for event in body["events"])
                cursor = body["nextCursor"]
                if is_last and not body["hasMore"]:
                    return

        follower = threading.Thread(target=follow)
        follower.start()
        run_at_once(
            [
                partial(self._order_all, products, client)
                for client in range(CLIENTS - 1)
            ]
        )
        stop.set()
        follower.join()
        events = self.admin.call(
            "backorder.event", "search", [("id", ">", last["id"])], order="id"
        )
        self.assertGreater(len(events), CLIENTS)
        self.assertEqual(seen, events)

    def _order_all(self, products, client):
        for product_id in products:
            status, body, _headers = self._order(product_id, f"{product_id}-{client}")
            self.assertEqual(status, 201, body)
