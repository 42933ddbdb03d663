# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import threading
from collections import Counter
from functools import partial

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.http_server import run_at_once

from .server_common import CLIENTS, ApiServerCommon

ORDERS_EACH = 3
IN_STOCK = 5


@tagged("post_install", "-at_install")
class TestApiConcurrency(ApiServerCommon):
    """Concurrent requests on several server processes."""

    def _order(self, product_id, key, **values):
        body = {
            "customerId": self.customer,
            "lines": [{"productId": product_id, "quantity": 1}],
            **values,
        }
        return self._request("/orders", body, Idempotency_Key=key)

    def _count_orders(self, product_id):
        return self._count("sale.order", ("order_line.product_id", "=", product_id))

    def test_same_key_at_once(self):
        """E9: one order, and the same response for all requests."""
        product_id = self._create_stocked(CLIENTS)
        send = partial(self._order, product_id, "same")
        answers = run_at_once([send] * CLIENTS)
        self.assertEqual([status for status, *_rest in answers], [201] * CLIENTS)
        self.assertEqual(len({body["orderId"] for _status, body, _h in answers}), 1)
        replayed = [headers.get("Idempotent-Replayed") for *_rest, headers in answers]
        self.assertEqual(Counter(replayed), {None: 1, "true": CLIENTS - 1})
        self.assertEqual(self._count_orders(product_id), 1)

    def test_same_key_for_different_orders_at_once(self):
        """E9: one of them is processed; the others are refused, as the key is used."""
        product_id = self._create_stocked(CLIENTS)
        answers = run_at_once(
            [
                partial(self._order, product_id, "taken", customerReference=f"{n}")
                for n in range(CLIENTS)
            ]
        )
        counts = Counter(status for status, *_rest in answers)
        self.assertEqual(counts, {201: 1, 422: CLIENTS - 1})
        kinds = {body.get("type", "").split(":")[-1] for _s, body, _h in answers}
        self.assertEqual(kinds, {"", "idempotency-key-reused"})
        self.assertEqual(self._count_orders(product_id), 1)

    def test_same_key_of_a_refused_request(self):
        """E9: a failed request is not stored, also if others have waited for it."""
        product_id = self._create_stocked(0)
        send = partial(self._order, product_id, "refused")
        answers = run_at_once([send] * CLIENTS)
        self.assertEqual([status for status, *_rest in answers], [422] * CLIENTS)
        self._set_stock(product_id, 1)
        self.assertEqual(send()[0], 201)
        self.assertEqual(self._count_orders(product_id), 1)

    def test_first_answer_though_all_is_gone(self):
        """E9: a late repetition gets the response, also if the product is gone."""
        product_id = self._create_stocked(1)
        _status, first, _headers = self._order(product_id, "late")
        self.admin.call("product.product", "write", product_id, {"active": False})
        status, again, headers = self._order(product_id, "late")
        self.assertEqual((status, again), (201, first))
        self.assertEqual(headers["Idempotent-Replayed"], "true")

    def test_what_is_not_there(self):
        """E5: each missing record is reported, also for serialized orders."""
        product_id = self._create_stocked(1)
        for key, values, text in (
            ("customer", {"customerId": 2**31 - 1}, "Customer not found"),
            ("warehouse", {"warehouseId": 2**31 - 1}, "Warehouse not found"),
            (
                "part",
                {"lines": [{"sku": "NEVER-HEARD", "quantity": 1}]},
                "Part not found",
            ),
        ):
            status, body, _headers = self._order(product_id, key, **values)
            self.assertEqual(status, 404, body)
            self.assertIn(text, body["detail"])

    def test_last_ones_at_once(self):
        """B8, E5: the last units are sold once; later orders are refused."""
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
        # those refused for a promise in flight are repeated until they see it
        self.assertNotIn("maximum number of tries", self.server.take_log())

    def test_last_ones_at_once_by_json2(self):
        """B8: likewise for programs that call the methods by Odoo's own API."""
        product_id = self._create_stocked(IN_STOCK)
        order_ids = [
            self._order(product_id, f"json2-{number}", confirm=False)[1]["orderId"]
            for number in range(CLIENTS)
        ]
        self.server.take_log()
        answers = run_at_once(
            [
                partial(
                    self._request_json2, "sale.order", "process_promise", ids=[order_id]
                )
                for order_id in order_ids
            ]
        )
        self.assertEqual([status for status, *_rest in answers], [200] * CLIENTS)
        counts = Counter(body["status"] for _status, body, _headers in answers)
        refused = CLIENTS - IN_STOCK
        self.assertEqual(
            counts, {"success": IN_STOCK, "insufficient_inventory": refused}
        )
        # those refused for a promise in flight are repeated until they see it
        self.assertNotIn("maximum number of tries", self.server.take_log())

    def test_feed_misses_nothing(self):
        """B6: a reader of the feed gets every entry once during concurrent writes."""
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
