# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter
from functools import partial

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.http_server import run_at_once
from odoo.addons.backorder_atp_fastapi.tests.server_common import (
    CLIENTS,
    ApiServerCommon,
)

IN_STOCK = 5


@tagged("post_install", "-at_install")
class TestReservationConcurrency(ApiServerCommon):
    """Concurrent reservations on several server processes."""

    def _reserve(self, product_id, number):
        body = {
            "productId": product_id,
            "warehouseId": self.warehouse["id"],
            "quantity": 1,
            "customerId": self.customer,
        }
        return self._request(
            "/reservations", body, Idempotency_Key=f"{self.id()}-{number}"
        )

    def test_last_ones_at_once(self):
        """B8, E5: the last units are reserved once; the others are refused."""
        product_id = self._create_stocked(IN_STOCK)
        self.server.take_log()
        answers = run_at_once(
            [partial(self._reserve, product_id, number) for number in range(CLIENTS)]
        )
        counts = Counter(status for status, *_rest in answers)
        self.assertEqual(counts, {201: IN_STOCK, 422: CLIENTS - IN_STOCK})
        shortfalls = [
            item["shortfall"]
            for status, body, _headers in answers
            if status == 422
            for item in body["unavailableItems"]
        ]
        self.assertEqual(shortfalls, [1] * (CLIENTS - IN_STOCK))
        domain = ("product_id", "=", product_id)
        self.assertEqual(self._count("stock.soft.reservation", domain), IN_STOCK)
        # those refused for a promise in flight are repeated until they see it
        self.assertNotIn("maximum number of tries", self.server.take_log())

    def test_same_key_at_once(self):
        """E9: one reservation, and the same response for all requests."""
        product_id = self._create_stocked(CLIENTS)
        send = partial(self._reserve, product_id, "same")
        answers = run_at_once([send] * CLIENTS)
        self.assertEqual([status for status, *_rest in answers], [201] * CLIENTS)
        references = {body["reference"] for _status, body, _headers in answers}
        self.assertEqual(len(references), 1)
