# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_website_sale.tests.common import ShopCommon
from odoo.addons.website_sale.tests.common import MockRequest


@tagged("post_install", "-at_install")
class TestCollect(ShopCommon):
    """A shop with its own warehouse, and a store to collect goods from (A5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website.warehouse_id = cls.warehouse
        cls.store = cls._create_warehouse("Corner Store", "CST")
        cls.store.partner_id = cls.env["res.partner"].create(
            {
                "name": "Corner Store",
                "street": "1 Corner",
                "city": "Denver",
                "partner_latitude": 1.0,
                "partner_longitude": 1.0,
            }
        )
        cls._set_stock(cls.protected, 5, cls.store.lot_stock_id)
        cls.in_store = cls.env["delivery.carrier"].create(
            {
                "name": "Collect",
                "delivery_type": "in_store",
                "is_published": True,
                "company_id": cls.company.id,
                "website_id": cls.website.id,
                "warehouse_ids": [Command.set(cls.store.ids)],
                "product_id": cls.env["product.product"]
                .create({"name": "Collect", "type": "service"})
                .id,
            }
        )
        # in Odoo, every warehouse is a store
        cls.in_store.warehouse_ids = cls.store
        cls.env.flush_all()

    def _collect(self, cart):
        """Choose the store."""
        cart.carrier_id = self.in_store
        cart.pickup_location_data = self.store._prepare_pickup_location_data()
        cart.warehouse_id = self.store
        return cart

    def _take(self, quantity):
        """Promise this quantity of the store's stock to another customer."""
        self._confirm((self.protected, quantity), warehouse_id=self.store.id)
        self.env.invalidate_all()

    def test_location_with_most_stock_counts_until_a_store_is_chosen(self):
        """A5: three in the warehouse, five in the store."""
        self.assertEqual(self._get_available(self.protected), 5)
        self._take(4)
        self.assertEqual(self._get_available(self.protected), 3)

    def test_cart_is_limited_before_checkout(self):
        """A5: Odoo itself would allow any quantity here."""
        cart = self._create_cart()
        result = self._add(cart, self.protected, 9)
        self.assertEqual(result["quantity"], 5)
        self.assertIn("only 5 is available", result["warning"])
        self.assertEqual(self._add(cart, self.backorderable, 9)["quantity"], 9)
        self._take(5)
        self.assertEqual(self._set_quantity(cart, 6)["quantity"], 3)
        self.assertIn("Protected but only 3", cart.order_line[0].shop_warning)

    def test_product_sold_out_everywhere_is_not_added(self):
        """A5: neither in the warehouse nor in the store."""
        self._take(5)
        self._confirm((self.protected, 3), warehouse_id=self.warehouse.id)
        self.env.invalidate_all()
        cart = self._create_cart()
        result = self._add(cart, self.protected, 1)
        self.assertEqual(result["quantity"], 0)
        self.assertIn("has not been added", result["warning"])
        cart = self._create_cart((self.protected, 1))
        result = self._set_quantity(cart, 2)
        self.assertEqual(result["quantity"], 0)
        self.assertIn("became unavailable", result["warning"])
        self.assertFalse(cart.order_line)

    def test_quantity_of_the_chosen_store(self):
        """A5: the quantity that the store can promise, not its quantity on hand."""
        cart = self._collect(self._create_cart((self.protected, 4)))
        self.assertTrue(cart._is_in_stock(self.store.id))
        self.assertFalse(cart._is_in_stock(self.warehouse.id))
        self._take(2)
        short = cart._get_insufficient_stock_data(self.store.id)
        self.assertEqual(short, {cart.order_line: 3})
        self.assertEqual(cart._get_free_qty(self.protected), 3)
        with self.assertRaisesRegex(ValidationError, "not available in the selected"):
            cart._check_cart_is_ready_to_be_paid()

    def test_store_stays_chosen(self):
        """A6: no other setting or change replaces it."""
        cart = self._collect(self._create_cart((self.protected, 4)))
        self.users["sales"].property_warehouse_id = self.warehouse
        cart.user_id = self.users["sales"]
        cart.team_id = self.env["crm.team"].create(
            {
                "name": "Shop",
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        self.assertEqual(cart.warehouse_id, self.store)
        cart.action_confirm()
        self.assertEqual(cart.warehouse_id, self.store)

    def test_store_before_carrier_before_shop(self):
        """A6: regardless of the order in which the addons are loaded."""
        if "warehouse_mapping_ids" not in self.in_store:
            self.skipTest("needs the bridge for carriers")
        north, carrier = self._create_warehouse("North", "NRT"), self._create_carrier()
        (self.in_store | carrier).write(
            {"warehouse_mapping_ids": [Command.create({"warehouse_id": north.id})]}
        )
        self._set_stock(self.protected, 7, north.lot_stock_id)
        cart = self._create_cart((self.protected, 1))
        self.assertEqual(cart.warehouse_id, self.warehouse)
        cart.carrier_id = carrier
        self.assertEqual(cart.warehouse_id, north)
        self.assertEqual(cart._get_free_qty(self.protected), 7)
        info = self._get_info(self.protected, 1, cart)
        self.assertEqual(info["delivery_stock_data"]["quantity"], 6)
        cart.carrier_id = self.in_store
        self.assertEqual(cart.warehouse_id, north)
        cart._set_pickup_location(
            json.dumps(self.store._prepare_pickup_location_data())
        )
        self.assertEqual(cart.warehouse_id, self.store)
        cart.carrier_id = carrier
        self.assertEqual(cart.warehouse_id, north)

    def test_only_stores_can_be_chosen(self):
        """A5: other warehouses sent by the browser are refused."""
        cart = self._create_cart((self.protected, 1))
        cart.carrier_id = self.in_store
        with self.assertRaisesRegex(ValidationError, "one of our stores"):
            cart._set_pickup_location(json.dumps({"id": self.warehouse.id}))
        cart._set_pickup_location(
            json.dumps(self.store._prepare_pickup_location_data())
        )
        self.assertEqual(cart.warehouse_id, self.store)

    def test_stores_count_without_a_warehouse_of_the_shop(self):
        """A5: also if the sales team has a warehouse."""
        self.website.warehouse_id = False
        self.website.salesteam_id = self.env["crm.team"].create(
            {
                "name": "Shop",
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        self.assertEqual(self._get_available(self.protected), 5)

    def test_page_of_a_backorder_product_shows_each_location(self):
        """A5: out of stock in the store, although it can be bought."""
        self.backorderable.write({"show_availability": True, "available_threshold": 9})
        info = self._get_info(self.backorderable)
        self.assertEqual(
            info["in_store_stock_data"],
            {
                "in_stock": True,
                "is_backordered": True,
                "quantity": 0,
                "show_quantity": False,
            },
        )
        self._set_stock(self.backorderable, 2, self.store.lot_stock_id)
        data = self._get_info(self.backorderable)["in_store_stock_data"]
        self.assertEqual((data["quantity"], data["show_quantity"]), (2, True))
        self.assertFalse(data["is_backordered"])
        self.backorderable.write(
            {"backorder_limit": "quantity", "backorder_limit_qty": 4}
        )
        data = self._get_info(self.backorderable)["in_store_stock_data"]
        self.assertEqual(data["quantity"], 2)

    def test_page_deducts_the_quantity_in_the_cart(self):
        """A5: the shopper cannot add it a second time."""
        self.protected.write({"show_availability": True, "available_threshold": 9})
        cart = self._create_cart((self.protected, 4))
        data = self._get_info(self.protected, 1, cart)["in_store_stock_data"]
        self.assertEqual((data["quantity"], data["in_stock"]), (1, True))
        cart.order_line.product_uom_qty = 5
        data = self._get_info(self.protected, 1, cart)["in_store_stock_data"]
        self.assertEqual((data["quantity"], data["in_stock"]), (0, False))

    def test_delivery_shows_the_stock_of_its_warehouse(self):
        """A5: not that of the store chosen before."""
        self._create_carrier()
        self.website.warehouse_id = False
        self.website.salesteam_id = self.env["crm.team"].create(
            {
                "name": "Shop",
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        cart = self._collect(self._create_cart((self.backorderable, 1)))
        info = self._get_info(self.protected, 1, cart)
        self.assertEqual(info["delivery_stock_data"]["quantity"], 3)
        self.assertEqual(info["in_store_stock_data"]["quantity"], 5)

    def test_payment_in_progress_is_not_checked_again(self):
        """A5: after the payment, the shopper sees the order without messages."""
        cart = self._collect(self._create_cart((self.protected, 4)))
        self._take(4)
        self.assertTrue(cart._get_insufficient_stock_data(self.store.id))
        method = self.env["payment.method"].create(
            {"name": "Pigeon", "code": "pigeon", "active": True}
        )
        provider = self.env["payment.provider"].create(
            {
                "name": "Pigeon Post",
                "company_id": self.company.id,
                "payment_method_ids": [Command.set(method.ids)],
                "state": "test",
            }
        )
        self.env["payment.transaction"].create(
            {
                "amount": cart.amount_total,
                "currency_id": cart.currency_id.id,
                "partner_id": cart.partner_id.id,
                "payment_method_id": method.id,
                "provider_id": provider.id,
                "reference": cart.name,
                "sale_order_ids": [Command.set(cart.ids)],
                "state": "pending",
            }
        )
        self.env.invalidate_all()
        self.assertFalse(cart._get_insufficient_stock_data(self.store.id))

    def _create_carrier(self):
        return self.env["delivery.carrier"].create(
            {
                "name": "By Cart",
                "is_published": True,
                "company_id": self.company.id,
                "product_id": self.in_store.product_id.id,
            }
        )

    def test_backorder_product_is_available_in_every_store(self):
        """A5: the backorder policy overrides Odoo's field."""
        self.assertFalse(self.backorderable.allow_out_of_stock_order)
        cart = self._collect(self._create_cart((self.backorderable, 9)))
        self.assertTrue(cart._is_in_stock(self.store.id))

    def test_product_page_shows_each_location(self):
        """A5: the available quantities of the store and for delivery."""
        self.protected.write({"show_availability": True, "available_threshold": 9})
        self._take(1)
        info = self._get_info(self.protected)
        self.assertEqual(info["in_store_stock_data"]["quantity"], 4)
        with MockRequest(self.env, website=self.website):
            [place] = self.in_store.with_context(
                website_id=self.website.id
            )._in_store_get_close_locations(
                self.customer, product_id=str(self.protected.id)
            )
        self.assertEqual(place["additional_data"]["in_store_stock_data"]["quantity"], 4)

    def test_order_leaves_from_the_chosen_store(self):
        """A6: the customer's choice is not ambiguous, even in the hard phase."""
        cart = self._collect(self._create_cart((self.protected, 4)))
        cart.action_confirm()
        self.assertEqual(cart.warehouse_id, self.store)
        self.assertEqual(cart.backorder_state, "allocated")

    def test_dark_phase_changes_nothing(self):
        """B9: Odoo allows any quantity in such a cart."""
        self.company.promise_phase = "dark"
        self.protected.allow_out_of_stock_order = False
        cart = self._create_cart()
        self.assertEqual(self._add(cart, self.protected, 9)["quantity"], 9)
