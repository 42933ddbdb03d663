# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_website_sale.tests.common import ShopCommon
from odoo.addons.website_sale.tests.common import MockRequest


@tagged("post_install", "-at_install")
class TestCollect(ShopCommon):
    """A shop with a warehouse of its own, and a store to collect goods from (A5)."""

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
        cls.env.flush_all()

    def _collect(self, cart):
        """Choose the store."""
        cart.carrier_id = self.in_store
        cart.pickup_location_data = self.store._prepare_pickup_location_data()
        cart.warehouse_id = self.store
        return cart

    def _take(self, quantity):
        """Promise that much of what the store has to somebody else."""
        self._confirm((self.protected, quantity), warehouse_id=self.store.id)
        self.env.invalidate_all()

    def test_place_that_has_most_decides_until_one_is_chosen(self):
        """A5: three in the warehouse, five in the store."""
        self.assertEqual(self._get_available(self.protected), 5)
        self._take(4)
        self.assertEqual(self._get_available(self.protected), 3)

    def test_cart_is_limited_before_checkout(self):
        """A5: Odoo itself would take any quantity here."""
        cart = self._create_cart()
        result = self._add(cart, self.protected, 9)
        self.assertEqual(result["quantity"], 5)
        self.assertIn("only 5 is available", result["warning"])
        self.assertEqual(self._add(cart, self.backorderable, 9)["quantity"], 9)
        self._take(5)
        self.assertEqual(self._set_quantity(cart, 6)["quantity"], 3)
        self.assertIn("Protected but only 3", cart.order_line[0].shop_warning)

    def test_what_is_sold_out_everywhere_is_not_added(self):
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

    def test_number_of_the_chosen_store(self):
        """A5: what the store can promise, not what lies on its shelf."""
        cart = self._collect(self._create_cart((self.protected, 4)))
        self.assertTrue(cart._is_in_stock(self.store.id))
        self.assertFalse(cart._is_in_stock(self.warehouse.id))
        self._take(2)
        short = cart._get_insufficient_stock_data(self.store.id)
        self.assertEqual(short, {cart.order_line: 3})
        self.assertEqual(cart._get_free_qty(self.protected), 3)
        with self.assertRaisesRegex(ValidationError, "not available in the selected"):
            cart._check_cart_is_ready_to_be_paid()

    def test_backorder_product_is_available_in_every_store(self):
        """A5: whether backorders are allowed decides over Odoo's field."""
        self.assertFalse(self.backorderable.allow_out_of_stock_order)
        cart = self._collect(self._create_cart((self.backorderable, 9)))
        self.assertTrue(cart._is_in_stock(self.store.id))

    def test_product_page_tells_of_each_place(self):
        """A5: what is in the store and what can be delivered, by the calculator."""
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
        """A6: the customer's choice is no chance, in the hard phase either."""
        cart = self._collect(self._create_cart((self.protected, 4)))
        cart.action_confirm()
        self.assertEqual(cart.warehouse_id, self.store)
        self.assertEqual(cart.backorder_state, "allocated")

    def test_dark_phase_changes_nothing(self):
        """B9: Odoo takes any quantity into such a cart."""
        self.company.promise_phase = "dark"
        self.protected.allow_out_of_stock_order = False
        cart = self._create_cart()
        self.assertEqual(self._add(cart, self.protected, 9)["quantity"], 9)
