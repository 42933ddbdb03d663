# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon

JSON = {"percent": 10, "reason": "Two weeks late"}


@tagged("post_install", "-at_install")
class TestGoodwill(ApiCommon):
    """D7: a discount on what the customer waits for; 1 of 4 is on hand."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.backorderable, 1)
        self.order = self._create_posted(
            lines=[{"sku": "LATER", "quantity": 4, "unitPrice": 50}]
        )
        self.path = f"/orders/{self.order.id}/goodwill"

    def test_preview_and_grant(self):
        """D7: the backordered quantity gets the discount, the rest keeps its price."""
        preview = self._get_json(self.path, "sales")
        [line] = preview["lines"]
        self.assertEqual((line["sku"], line["quantity"]), ("LATER", 3))
        self.assertEqual((line["subtotal"], preview["subtotal"]), (150, 150))
        response = self._call("POST", self.path, "sales", json=JSON)
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.json()["amountUntaxed"], 185)
        [event] = self._get_events("order:goodwill_discount", order_id=self.order)
        self.assertEqual(event.reason, JSON["reason"])
        self.assertEqual(self._get_json(self.path, "sales")["lines"], [])
        again = self._get_json(f"{self.path}?again=true", "sales")
        self.assertEqual(again["subtotal"], 135)
        response = self._call("POST", self.path, "sales", json=JSON)
        self._assert_problem(response, 400, "refused", "already have a goodwill")

    def test_grant_once(self):
        """E9: sent again with the same key, it is granted once."""
        json = {**JSON, "again": True}
        for _attempt in range(2):
            response = self._call(
                "POST",
                self.path,
                "sales",
                json=json,
                headers={"Idempotency-Key": "goodwill"},
            )
            self.assertEqual(response.json()["amountUntaxed"], 185)

    def test_invalid_discounts(self):
        """D7, C12: above 0, up to 100 percent, with a reason."""
        for json in ({**JSON, "percent": 0}, {**JSON, "percent": 101}, {"percent": 5}):
            response = self._call("POST", self.path, "sales", json=json)
            self._assert_problem(response, 422, "validation")

    def test_who_may_grant(self):
        """C10: salespeople."""
        for role in ("viewer", "operator"):
            self._assert_problem(
                self._call("POST", self.path, role, json=JSON), 403, "forbidden"
            )
            self._assert_problem(self._call("GET", self.path, role), 403, "forbidden")
