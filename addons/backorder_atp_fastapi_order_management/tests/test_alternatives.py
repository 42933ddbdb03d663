# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon
from odoo.addons.backorder_atp_sourcing.tests.test_alternatives import (
    AlternativesCommon,
)


@tagged("post_install", "-at_install")
class TestOrderAlternatives(AlternativesCommon, ApiCommon):
    """B12: other warehouses for a line; 5 are at home, and 7 wanted."""

    def setUp(self):
        super().setUp()
        self._stock_north(9)
        self.order = self._create_order((self.product, 7))
        self.path = f"/orders/{self.order.id}/alternatives"

    def _list(self, role="sales"):
        return self._get_json(self.path, role)["alternatives"]

    def _choose(self, role="sales", headers=None, **values):
        [found] = [row for row in self._list() if row["kind"] == "warehouse"]
        json = {
            "lineId": found["lineId"],
            "kind": found["kind"],
            "productId": found["productId"],
            "warehouseId": found["warehouseId"],
            **values,
        }
        return self._call("POST", self.path, role, json=json, headers=headers)

    def test_list(self):
        """B12: as on the quotation."""
        rows = self._list()
        expected = self._ask(self.order)
        self.assertEqual(
            [(row["kind"], row["warehouseId"]) for row in rows],
            [(row["kind"], row["warehouse_id"]) for row in expected],
        )
        [row] = [row for row in rows if row["kind"] == "warehouse"]
        self.assertEqual(row["warehouseId"], self.north.id)
        self.assertEqual((row["quantity"], row["availableQuantity"]), (7, 7))
        self.assertEqual(
            (row["sku"], row["description"]), ("PROTECTED", "Ship from North")
        )
        self.assertTrue(row["mayChoose"])
        self.assertEqual(len([row for row in rows if row["isOriginal"]]), 1)

    def test_choose(self):
        """B12: the line ships from there, and the order can be promised."""
        response = self._choose()
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(self.order.order_line.warehouse_id, self.north)
        self.assertEqual(self._list(), [])
        response = self._call("POST", f"/orders/{self.order.id}/approve", "sales")
        self.assertEqual(response.json()["status"], "ALLOCATED")

    def test_choose_once(self):
        """E9: sent again with the same key, it is applied once."""
        headers = {"Idempotency-Key": "choice"}
        [row] = [row for row in self._list() if row["kind"] == "warehouse"]
        json = {
            name: row[name] for name in ("lineId", "kind", "productId", "warehouseId")
        }
        answers = [
            self._call("POST", self.path, "sales", json=json, headers=headers)
            for _attempt in range(2)
        ]
        self.assertEqual(answers[0].json(), answers[1].json())

    def test_what_is_not_offered(self):
        """B12: it is refused and changes nothing."""
        response = self._choose(warehouseId=self.south.id)
        self._assert_problem(response, 400, "refused", "no longer available")
        response = self._choose(lineId=2**31 - 1)
        self._assert_problem(response, 404, "not-found", "Line not found")
        self._assert_problem(self._choose(kind="own"), 422, "validation")
        self.assertFalse(self.order.order_line.warehouse_id - self.warehouse)

    def test_who_may_choose(self):
        """C10: those who may change the order."""
        self._assert_problem(self._choose("viewer"), 403, "forbidden")
        self.assertTrue(self._list("viewer"))
