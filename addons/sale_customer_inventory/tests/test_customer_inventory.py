# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestCustomerInventory(BackorderCommon):
    """E1, E2: availability and prices of products for a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids = [
            Command.link(cls.env.ref("product.group_product_pricelist").id)
        ]
        cls.protected.write({"list_price": 100, "default_code": "PRO-1"})
        cls.backorderable.write({"list_price": 40, "default_code": "BAC-1"})
        cls.second = cls._create_warehouse("Second", "WH2")
        cls._set_stock(cls.protected, 10)
        cls._set_stock(cls.protected, 5, cls.second.lot_stock_id)
        cls.seller = new_test_user(
            cls.env,
            "backorder_sales_manager",
            groups="sales_team.group_sale_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.users["sales_manager"] = cls.seller

    def _get_item(self, product=None, customer=None, role="sales"):
        product = product or self.protected
        view = self._as(role, customer or self.customer).get_customer_inventory(
            [("id", "=", product.id)]
        )
        return view["inventoryItems"][0]

    def _price(self, *updates, customer=None, role="sales_manager"):
        customer = self._as(role, customer or self.customer)
        return customer.update_customer_pricing(list(updates))

    def _order(self, amount, customer=None, **values):
        """Confirm an order of this value."""
        product = self.env["product.product"].create(
            {"name": "Service", "type": "service"}
        )
        line = {"product_id": product.id, "price_unit": amount, "tax_ids": False}
        values.setdefault("warehouse_id", self.warehouse.id)
        return self._confirm(line, partner_id=(customer or self.customer).id, **values)

    # ------------------------------------------------------------------
    # The view
    # ------------------------------------------------------------------

    def test_availability_and_prices_of_a_customer(self):
        """E1: available and reserved quantity, prices, discount, location, value."""
        self._price({"sku": "PRO-1", "customerPrice": 80})
        self.env["stock.soft.reservation"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "partner_id": self.customer.id,
                "quantity": 2,
            }
        )
        self._confirm((self.protected, 3), warehouse_id=self.second.id)
        item = self._get_item()
        self.assertEqual(item["sku"], "PRO-1")
        self.assertEqual(item["availableQuantity"], 10)
        self.assertEqual(item["reservedQuantity"], 5)
        self.assertEqual((item["unitPrice"], item["customerPrice"]), (100, 80))
        self.assertEqual(item["discountPercentage"], 20)
        self.assertEqual(item["location"], f"{self.warehouse.name}, Second")
        self.assertEqual(item["totalValue"], 800)

    def test_reservations_of_other_customers_do_not_count(self):
        """E1: stock reserved for others is not reserved for the customer."""
        other = self.env["res.partner"].create({"name": "Other"})
        self._confirm((self.protected, 3), warehouse_id=self.second.id)
        self.assertEqual(self._get_item(customer=other)["reservedQuantity"], 0)
        child = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.assertEqual(self._get_item(customer=child)["reservedQuantity"], 3)

    def test_expired_reservation_does_not_count(self):
        """E1, E5: a soft reservation counts until it expires."""
        reservation = self.env["stock.soft.reservation"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "partner_id": self.customer.id,
                "quantity": 2,
            }
        )
        self.assertEqual(self._get_item()["reservedQuantity"], 2)
        reservation.sudo().expiry_date = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(self._get_item()["reservedQuantity"], 0)

    def test_lead_time(self):
        """E1: the customer lead time, plus that of the vendor if none is available."""
        self.protected.sale_delay = self.backorderable.sale_delay = 2
        for product in (self.protected, self.backorderable):
            product.seller_ids = [
                Command.create({"partner_id": self.vendor.id, "delay": 9})
            ]
        self.assertEqual(self._get_item()["leadTime"], 2)
        self.assertEqual(self._get_item(self.backorderable)["leadTime"], 11)

    def test_total_value_and_paging(self):
        """E1: the total value, one page of it, and only products sold from stock."""
        view = self.customer.get_customer_inventory()
        ids = [item["productId"] for item in view["inventoryItems"]]
        self.assertIn(self.backorderable.id, ids)
        self.assertEqual(
            view["totalValue"], sum(row["totalValue"] for row in view["inventoryItems"])
        )
        self.assertEqual(view["currency"], self.company.currency_id.name)
        self.assertEqual(
            len(self.customer.get_customer_inventory(limit=1)["inventoryItems"]), 1
        )
        self.protected.sale_ok = False
        view = self.customer.get_customer_inventory()
        ids = [item["productId"] for item in view["inventoryItems"]]
        self.assertNotIn(self.protected.id, ids)

    def test_product_list_shows_the_same_figures(self):
        """E1: the button on the customer opens a list with the same figures."""
        self._price({"sku": "PRO-1", "discountPercentage": 25})
        action = self._as("sales", self.customer).action_view_customer_inventory()
        product = (
            self._as("sales", self.env["product.product"])
            .with_context(**action["context"])
            .search([*action["domain"], ("id", "=", self.protected.id)])
        )
        self.assertEqual(product.customer_available_qty, 15)
        self.assertEqual(product.customer_price, 75)
        self.assertEqual(product.customer_discount, 25)
        self.assertEqual(product.customer_value, 1125)
        self.assertFalse(self.protected.customer_price)

    def test_no_query_for_each_product(self):
        """E1, E9: two hundred products take no more queries than two products."""
        base = self.env["product.pricelist"].create({"name": "Base"})
        self.customer.property_product_pricelist = base
        self._price({"sku": "PRO-1", "customerPrice": 80})
        products = self.env["product.product"].create(
            [
                {"name": f"Part {number}", "is_storable": True, "list_price": number}
                for number in range(200)
            ]
        )
        domain = [("id", "in", products.ids)]
        counts = []
        for number in (2, 200):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            view = self.customer.get_customer_inventory(domain, limit=number)
            self.assertEqual(len(view["inventoryItems"]), number)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)

    def test_figures_of_other_companies_do_not_count(self):
        """E1: neither stock, prices nor turnover of another company."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids = [Command.link(other.id)]
        self._order(60000)
        self._price({"sku": "PRO-1", "customerPrice": 80})
        customer = self.customer.with_context(allowed_company_ids=other.ids)
        view = customer.get_customer_inventory([("id", "=", self.protected.id)])
        item = view["inventoryItems"][0]
        self.assertEqual((item["availableQuantity"], item["customerPrice"]), (0, 100))
        self.assertEqual(view["customerTier"], "BRONZE")
        self.assertEqual(self.customer.customer_tier, "gold")

    # ------------------------------------------------------------------
    # Tiers
    # ------------------------------------------------------------------

    def test_tier_by_turnover(self):
        """E1: bronze to platinum, by the orders confirmed within a year."""
        for amount, tier in (
            (0, "bronze"),
            (9999, "bronze"),
            (1, "silver"),
            (40000, "gold"),
            (150000, "platinum"),
        ):
            if amount:
                self._order(amount)
            self.customer.invalidate_recordset()
            self.assertEqual(self.customer.customer_tier, tier)
            self.assertIn(
                self.customer,
                self.env["res.partner"].search([("customer_tier", "=", tier)]),
            )
        self.assertNotIn(
            self.customer,
            self.env["res.partner"].search([("customer_tier", "=", "bronze")]),
        )

    def test_old_and_open_orders_do_not_count(self):
        """E1: neither quotations nor orders older than a year."""
        order = self._order(20000)
        self._create_order(
            {"product_id": order.order_line.product_id.id, "price_unit": 90000}
        )
        self.assertEqual(self.customer.customer_tier, "silver")
        order.date_order = fields.Datetime.now() - timedelta(days=366)
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.customer_tier, "bronze")

    def test_manual_tier(self):
        """E1: a manual tier is kept, and applies to all contacts of the customer."""
        child = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self._as("sales_manager", self.customer).fixed_customer_tier = "platinum"
        self.assertEqual(self._as("sales", child).customer_tier, "platinum")
        found = self._as("sales", child).search([("customer_tier", "=", "platinum")])
        self.assertIn(child, found)
        with self.assertRaises(AccessError):
            self._as("sales", self.customer).fixed_customer_tier = "gold"

    def test_tiers_ascend(self):
        """E1: the turnover for gold cannot be below that for silver."""
        with self.assertRaisesRegex(ValidationError, "gold cannot be below silver"):
            self.company.gold_turnover = 10
        self.company.write({"silver_turnover": 5, "gold_turnover": 10})
        self.assertEqual(self.company._get_customer_tier(10), "gold")

    # ------------------------------------------------------------------
    # Prices
    # ------------------------------------------------------------------

    def test_prices_in_bulk(self):
        """E2: several prices go to the customer's own pricelist, with one event."""
        result = self._price(
            {"sku": "PRO-1", "customerPrice": 90},
            {"productId": self.backorderable.id, "discountPercentage": 50},
        )
        self.assertEqual(len(result["updated"]), 2)
        pricelist = self.customer.property_product_pricelist
        self.assertEqual(pricelist.id, result["pricelistId"])
        self.assertEqual(pricelist.customer_id, self.customer)
        order = self._create_order((self.protected, 1), (self.backorderable, 1))
        self.assertEqual(order.order_line.mapped("price_unit"), [90, 20])
        event = self._get_events("customer:prices_updated")
        self.assertEqual(len(event), 1)
        self.assertEqual(event.user_id, self.seller)
        self.assertEqual(
            [
                (row["sku"], row["previousPrice"], row["customerPrice"])
                for row in event.payload["prices"]
            ],
            [("PRO-1", 100, 90), ("BAC-1", 40, 20)],
        )

    def test_customer_pricelist_is_no_fallback_for_others(self):
        """E2: a customer without a pricelist does not get that of another customer."""
        self.env["product.pricelist"].search([]).action_archive()
        self._price({"sku": "PRO-1", "customerPrice": 90})
        other = self.env["res.partner"].create({"name": "Other Customer"})
        self.assertFalse(other.property_product_pricelist)
        order = self._create_order((self.protected, 1), partner_id=other.id)
        self.assertEqual(order.order_line.price_unit, 100)

    def test_same_prices_again_change_nothing(self):
        """E2, E9: the second update creates neither an event nor a pricelist."""
        first = self._price({"sku": "PRO-1", "customerPrice": 90})
        second = self._price({"sku": "PRO-1", "customerPrice": 90})
        self.assertEqual(first["pricelistId"], second["pricelistId"])
        self.assertFalse(second["updated"])
        self.assertEqual(len(self._get_events("customer:prices_updated")), 1)

    def test_discount_replaces_price_and_back(self):
        """E2: a new discount replaces a price, and a price replaces a discount."""
        self._price({"sku": "PRO-1", "customerPrice": 90})
        self._price({"sku": "PRO-1", "discountPercentage": 30})
        self.assertEqual(self._get_item()["customerPrice"], 70)
        self._price({"sku": "PRO-1", "customerPrice": 95})
        self.assertEqual(self._get_item()["customerPrice"], 95)

    def test_other_prices_are_unchanged(self):
        """E2: the new pricelist is based on the previous one, which is not changed."""
        shared = self.env["product.pricelist"].create(
            {
                "name": "Shared",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )
        other = self.env["res.partner"].create({"name": "Other"})
        (self.customer | other).property_product_pricelist = shared
        self._price({"sku": "PRO-1", "customerPrice": 50})
        self.assertEqual(self._get_item()["customerPrice"], 50)
        self.assertEqual(self._get_item(self.backorderable)["customerPrice"], 36)
        self.assertEqual(self._get_item(customer=other)["customerPrice"], 90)

    def test_own_currency(self):
        """E2: prices are in the currency of the customer's pricelist."""
        currency = self.env["res.currency"].create(
            {
                "name": "ZZZ",
                "symbol": "Z",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})],
            }
        )
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        self.assertEqual(self._get_item()["customerPrice"], 100)
        self._price({"sku": "PRO-1", "customerPrice": 200})
        self.assertEqual(self._get_item()["customerPrice"], 50)
        self.assertEqual(self._get_item(self.backorderable)["customerPrice"], 40)

    def test_all_invalid_prices_are_reported_together(self):
        """E2: all or none, and the error names every invalid product."""
        bad = [
            ({"sku": "NOPE", "customerPrice": 1}, "NOPE"),
            ({"sku": "BAC-1", "customerPrice": -1}, "cannot be negative"),
            ({"sku": "BAC-1", "discountPercentage": 101}, "between 0 and 100"),
            ({"sku": "BAC-1"}, "either a price or a discount"),
            ({"sku": "BAC-1", "customerPrice": "cheap"}, "not a number"),
            ({"sku": "PRO-1", "customerPrice": 2}, "twice"),
        ]
        for update, message in bad:
            with self.assertRaisesRegex(UserError, message):
                self._price({"sku": "PRO-1", "customerPrice": 5}, update)
        self.assertEqual(self._get_item()["customerPrice"], 100)
        with self.assertRaisesRegex(UserError, "at least one"):
            self._price()
        with self.assertRaisesRegex(UserError, "list of prices"):
            self.customer.with_user(self.seller).update_customer_pricing("PRO-1")

    def test_pricelists_must_be_enabled(self):
        """E2: refused, as Odoo would ignore the prices without pricelists."""
        self.env.ref("base.group_user").implied_ids = [
            Command.unlink(self.env.ref("product.group_product_pricelist").id)
        ]
        with self.assertRaisesRegex(UserError, "Enable them"):
            self._price({"sku": "PRO-1", "customerPrice": 5})

    def test_wizard(self):
        """E2: the wizard shows the current prices and applies the changed ones."""
        customer = self._as("sales_manager", self.customer)
        products = self._as("sales_manager", self.protected | self.backorderable)
        action = products.with_context(
            customer_id=customer.id
        ).action_update_customer_prices()
        wizard = self._as("sales_manager", self.env[action["res_model"]])
        with Form(wizard.browse(action["res_id"])) as form:
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.price, 100)
                line.price = 77
        form.save().action_apply()
        self.assertEqual(self._get_item()["customerPrice"], 77)
        self.assertEqual(self._get_item(self.backorderable)["customerPrice"], 40)
        [price] = self._get_events("customer:prices_updated").payload["prices"]
        self.assertEqual(price["sku"], "PRO-1")

    def test_wizard_discount_for_all(self):
        """E2: one discount for all products."""
        action = self._as(
            "sales_manager", self.customer
        ).action_update_customer_prices()
        wizard = self._as("sales_manager", self.env[action["res_model"]])
        with Form(wizard.browse(action["res_id"])) as form:
            form.method = "discount"
            form.discount_for_all = 15
        form.save().action_apply()
        self.assertEqual(self._get_item()["customerPrice"], 85)
        self.assertEqual(self._get_item(self.backorderable)["customerPrice"], 34)
        with self.assertRaisesRegex(UserError, "at least one"):
            wizard.create({"partner_id": self.customer.id}).action_apply()

    def _open_prices(self):
        action = self._as(
            "sales_manager", self.customer
        ).action_update_customer_prices()
        wizard = self._as("sales_manager", self.env[action["res_model"]])
        return wizard.browse(action["res_id"])

    def test_wizard_shows_resulting_prices(self):
        """E2: the resulting prices are shown before they are applied."""
        with Form(self._open_prices()) as form:
            with form.line_ids.edit(1) as line:
                self.assertEqual(line.product_id, self.protected)
                line.price = 90
                self.assertEqual(line.resulting_discount, 10)
                self.assertEqual(line.change_percent, -10)
            form.method = "discount"
            form.discount_for_all = 15
            with form.line_ids.edit(1) as line:
                self.assertEqual(line.resulting_price, 85)
                self.assertEqual(line.change_percent, -15)
        self.assertFalse(self._get_events("customer:prices_updated"))

    def test_wizard_reads_a_spreadsheet(self):
        """E2: pasted or uploaded, in the formats of common spreadsheets."""
        self.backorderable.barcode = "4006381333931"
        for text in (
            "PRO-1\t90.50\nBAC-1\t30",
            "Reference;Price\nPRO-1;90,50\n4006381333931;30,00 €",
            '"PRO-1",90.50\n\nBAC-1,30',
            "PRO-1 90.5\nBAC-1 30",
        ):
            wizard = self._open_prices()
            wizard.pasted_prices = text
            action = wizard.action_read_prices()
            self.assertEqual(action["res_id"], wizard.id)
            self.assertEqual(set(wizard.line_ids.mapped("price")), {90.5, 30})
        wizard = self._open_prices()
        wizard.price_file = base64.b64encode("\ufeffPRO-1;15 %\nBAC-1;1%".encode())
        wizard.action_apply()  # reviewed first
        self.assertFalse(self._get_events("customer:prices_updated"))
        self.assertEqual(wizard.method, "discount")
        wizard.action_apply()
        self.assertEqual(self._get_item()["customerPrice"], 85)
        self.assertEqual(self._get_item(self.backorderable)["customerPrice"], 39.6)

    def test_wizard_reads_long_white_space_quickly(self):
        """E2: thousands of spaces in a row do not slow down reading."""
        wizard = self._open_prices()
        wide = " " * 9000
        wizard.pasted_prices = f"PRO-1{wide}90.50\nBAC-1{wide}\t{wide}30"
        wizard.action_read_prices()
        self.assertEqual(set(wizard.line_ids.mapped("price")), {90.5, 30})
        wizard.pasted_prices = f"PRO-1\t5\nBAC-1{wide}x{wide}cheap"
        with self.assertRaisesRegex(UserError, "line 2"):
            wizard.action_read_prices()

    def test_wizard_names_the_lines_it_cannot_read(self):
        """E2: each invalid line is named, and no price is proposed."""
        for text, message in (
            ("PRO-1\t5\nBAC-1\tcheap\nnonsense", "line 2: BAC-1\tcheap\n.*line 3"),
            ("PRO-1\t5\nNOPE\t5", "NOPE"),
            ("PRO-1\t5\nBAC-1\t10 %", "not both"),
            ("PRO-1\t5\nPRO-1\t6", "twice"),
            ("PRO-1\t-5", "cannot be negative"),
            ("", "Paste or upload"),
        ):
            wizard = self._open_prices()
            before = wizard.line_ids.mapped("price")
            wizard.pasted_prices = text
            with self.assertRaisesRegex(UserError, message):
                wizard.action_read_prices()
            self.assertEqual(wizard.line_ids.mapped("price"), before)

    def test_roles(self):
        """E1, E2: many roles read prices; only sales managers change them."""
        for role in ("viewer", "operator", "sales", "manager", "finance"):
            self.assertEqual(self._get_item(role=role)["availableQuantity"], 15)
            with self.assertRaisesRegex(AccessError, "sales managers"):
                self._price({"sku": "PRO-1", "customerPrice": 5}, role=role)
        self.assertEqual(self._get_item(role="sales_manager")["unitPrice"], 100)
