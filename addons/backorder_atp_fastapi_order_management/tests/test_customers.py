# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon


@tagged("post_install", "-at_install")
class TestCustomers(ApiCommon):
    """Stock, prices and credit of a customer; there are 5 on hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids = [
            Command.link(cls.env.ref("product.group_product_pricelist").id)
        ]
        cls.protected.list_price = 100
        cls.backorderable.list_price = 40
        cls.seller = cls._create_user("seller", "sales_team.group_sale_manager")
        cls.users["seller"] = cls.seller
        cls.keys["seller"] = cls._create_key(cls.seller)
        cls.path = f"/customers/{cls.customer.id}"

    def _update(self, *updates, role="seller", **options):
        json = {"updates": list(updates)}
        return self._call("POST", f"{self.path}/prices", role, json=json, **options)

    # ------------------------------------------------------------------
    # Inventory
    # ------------------------------------------------------------------

    def test_inventory(self):
        """E1: stock, prices, lead time and tier, as on the screen."""
        self._confirm((self.protected, 2))
        body = self._get_json(
            f"{self.path}/inventory", "sales", params={"sku": ["PROTECTED", "LATER"]}
        )
        view = self._as("sales", self.customer).get_customer_inventory(
            [("id", "in", (self.protected | self.backorderable).ids)]
        )
        self.assertEqual(body["customerTier"], view["customerTier"])
        self.assertEqual(body["totalValue"], 300)
        items = {item["sku"]: item for item in body["inventoryItems"]}
        self.assertEqual(items.keys(), {"PROTECTED", "LATER"})
        item = items["PROTECTED"]
        self.assertEqual((item["availableQuantity"], item["reservedQuantity"]), (3, 2))
        self.assertEqual((item["unitPrice"], item["customerPrice"]), (100, 100))
        self.assertEqual(item["location"], self.warehouse.name)
        self.assertIsNone(items["LATER"]["location"])
        self.assertTrue(body["lastUpdated"].endswith("Z"))

    def test_pages_of_the_inventory(self):
        """E1: each product once."""
        pages = self._iterate_pages(
            f"{self.path}/inventory", limit=1, sku=["PROTECTED", "LATER"]
        )
        seen = [item["productId"] for body in pages for item in body["inventoryItems"]]
        self.assertEqual(seen, sorted((self.protected | self.backorderable).ids))

    def test_number_of_queries(self):
        """E1, E9: more products need no more queries."""

        def get_inventory(env, limit):
            env["backorder.api.customer"]._get_inventory(self.customer.id, limit)

        for number in range(8):
            self._create_product(f"P{number}")
        few = self._count_queries("sales", lambda env: get_inventory(env, 2))
        many = self._count_queries("sales", lambda env: get_inventory(env, 10))
        self.assertLessEqual(many, few)

    def test_unknown_customer(self):
        """C12: it is not found."""
        for path in ("inventory", "credit-impact?amount=1"):
            response = self._call("GET", f"/customers/{2**31 - 1}/{path}")
            self._assert_problem(response, 404, "not-found", "Customer not found")

    # ------------------------------------------------------------------
    # Prices
    # ------------------------------------------------------------------

    def test_prices(self):
        """E2: prices and discounts, with an event; unchanged ones are skipped."""
        response = self._update(
            {"sku": "PROTECTED", "customerPrice": 80},
            {"productId": self.backorderable.id, "discountPercentage": 25},
        )
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        self.assertEqual(
            {row["sku"]: row["customerPrice"] for row in body["updated"]},
            {"PROTECTED": 80, "LATER": 30},
        )
        self.assertEqual(len(self._get_events("customer:prices_updated")), 1)
        view = self._get_json(f"{self.path}/inventory", params={"sku": "PROTECTED"})
        self.assertEqual(view["inventoryItems"][0]["customerPrice"], 80)
        again = self._update({"sku": "PROTECTED", "customerPrice": 80}).json()
        self.assertEqual(again["updated"], [])

    def test_prices_once(self):
        """E9: sent again with the same key, they are set once."""
        options = {"headers": {"Idempotency-Key": "prices"}}
        update = {"sku": "PROTECTED", "customerPrice": 80}
        first = self._update(update, **options)
        self.assertEqual(self._update(update, **options).json(), first.json())
        self.assertEqual(len(self._get_events("customer:prices_updated")), 1)

    def test_invalid_prices(self):
        """E2, C12: all or none, and each has a product and one price."""
        for update in (
            {"sku": "PROTECTED"},
            {"customerPrice": 1},
            {"sku": "PROTECTED", "customerPrice": 1, "discountPercentage": 1},
            {"sku": "PROTECTED", "customerPrice": -1},
            {"sku": "PROTECTED", "discountPercentage": 101},
        ):
            self._assert_problem(self._update(update), 422, "validation")
        good = {"sku": "PROTECTED", "customerPrice": 80}
        response = self._update(good, {"sku": "Nothing", "customerPrice": 1})
        self._assert_problem(response, 400, "refused", "Nothing")
        self._assert_problem(self._update(good, good), 400, "refused", "listed twice")
        self.assertFalse(self._get_events("customer:prices_updated"))

    def test_who_may_price(self):
        """C10: sales managers."""
        for role in ("sales", "viewer", "operator", "manager"):
            response = self._update({"sku": "LATER", "customerPrice": 1}, role=role)
            self._assert_problem(response, 403, "forbidden")

    # ------------------------------------------------------------------
    # Credit
    # ------------------------------------------------------------------

    def _set_limit(self, limit):
        self.company.account_use_credit_limit = True
        self.customer.with_company(self.company).credit_limit = limit

    def _get_impact(self, **params):
        return self._get_json(f"{self.path}/credit-impact", "sales", params=params)

    def test_credit_of_an_amount(self):
        """E3: limit, used, available, and whether it may proceed."""
        self._set_limit(500)
        impact = self._get_impact(amount=400)
        self.assertEqual((impact["creditLimit"], impact["creditImpact"]), (500, 400))
        self.assertEqual(impact["remainingCredit"], 100)
        self.assertTrue(impact["canProcessOrder"])
        self.assertIsNone(impact["sku"])
        self.assertFalse(self._get_impact(amount=501)["canProcessOrder"])

    def test_credit_of_a_product(self):
        """E3: a quantity at the customer's price."""
        self._set_limit(500)
        impact = self._get_impact(part="PROTECTED", quantity=6)
        self.assertEqual((impact["sku"], impact["totalValue"]), ("PROTECTED", 600))
        self.assertEqual(impact["quantity"], 6)
        self.assertFalse(impact["canProcessOrder"])
        for params in ({}, {"part": "PROTECTED"}, {"quantity": 1}):
            response = self._call("GET", f"{self.path}/credit-impact", params=params)
            self._assert_problem(response, 400, "refused", "Enter an amount")
        response = self._call(
            "GET", f"{self.path}/credit-impact?part=Nothing&quantity=1"
        )
        self._assert_problem(response, 404, "not-found")

    def test_credit_of_an_order(self):
        """E3: as on the quotation."""
        self._set_limit(500)
        order = self._create_posted((self.protected, 3), confirm=False)
        impact = self._get_json(f"/orders/{order.id}/credit-impact", "sales")
        expected = self._as("sales", order).get_credit_impact()
        self.assertEqual({name: impact[name] for name in expected}, expected)
        self.assertTrue(impact["hasLimit"])

    def test_who_may_see_the_credit(self):
        """C10: sales, accounting and viewers of backorders."""
        user = self._create_user("counter", "stock.group_stock_user")
        self.keys["counter"] = self._create_key(user)
        response = self._call("GET", f"{self.path}/credit-impact?amount=1", "counter")
        self._assert_problem(response, 403, "forbidden")
