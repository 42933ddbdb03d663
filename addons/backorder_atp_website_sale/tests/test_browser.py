# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestBrowser(HttpCase):
    """The shop as a visitor without an account uses it (A5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env.ref("website.default_website")
        cls.company = cls.website.company_id
        cls.company.promise_phase = "hard"
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.website.warehouse_id = cls.warehouse
        # Click & Collect, if installed, shows its own texts
        stores = cls.env["delivery.carrier"].search(
            [("delivery_type", "=", "in_store")]
        )
        stores.is_published = False
        cls.bell = cls._create_product("Brass Bell", allow_backorder="no")
        cls.trailer = cls._create_product("Touring Trailer", allow_backorder="yes")
        receipt = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.warehouse.in_type_id.id,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.warehouse.lot_stock_id.id,
                "scheduled_date": fields.Datetime.now() + timedelta(days=12),
                "move_ids": [
                    Command.create(
                        {
                            "product_id": cls.trailer.id,
                            "product_uom_qty": 10,
                            "location_id": cls.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": cls.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()

    @classmethod
    def _create_product(cls, name, **values):
        product = cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "is_published": True,
                "list_price": 100,
                "show_availability": True,
                # the opposite of the stock policy
                "allow_out_of_stock_order": values["allow_backorder"] == "no",
                **values,
            }
        )
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, 3
        )
        return product

    def _get_page(self, path):
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        return response.text

    def _call(self, path, **params):
        return self.make_jsonrpc_request(path, params)

    def _add(self, product, quantity):
        return self._call(
            "/shop/cart/add",
            product_template_id=product.product_tmpl_id.id,
            product_id=product.id,
            quantity=quantity,
        )

    def _get_info(self, product, quantity=1):
        return self._call(
            "/website_sale/get_combination_info",
            product_template_id=product.product_tmpl_id.id,
            product_id=product.id,
            combination=[],
            add_qty=quantity,
        )

    def test_shopper_buys_beyond_stock(self):
        """A5: one product beyond stock, the last units of another, and the messages."""
        self.start_tour("/shop?search=Touring Trailer", "backorder_atp_shop")
        cart = self.env["sale.order"].search(
            [("website_id", "=", self.website.id)], order="id desc", limit=1
        )
        bought = {line.product_id: line.product_uom_qty for line in cart.order_line}
        self.assertEqual(bought, {self.trailer: 5, self.bell: 3})

    def test_pages_of_a_visitor(self):
        """A5: all visitors see the available quantity."""
        self._get_page("/shop")
        self._get_page(self.trailer.website_url)
        info = self._get_info(self.trailer, 5)
        self.assertTrue(info["allow_out_of_stock_order"])
        self.assertRegex(info["shop_promise"], "^3 in stock, the rest from")
        info = self._get_info(self.bell, 5)
        self.assertFalse(info["allow_out_of_stock_order"])
        self.assertEqual(info["free_qty"], 3)
        self.assertFalse(info["shop_promise"])
        self._add(self.trailer, 5)
        self.assertEqual(self._add(self.bell, 5)["quantity"], 3)
        page = self._get_page("/shop/cart")
        self.assertIn("3 in stock, the rest from", page)
        self.assertEqual(self._get_info(self.bell)["cart_qty"], 3)

    def test_exact_figures_stay_inside(self):
        """A5: a visitor cannot ask the server for the fields themselves."""
        user = self.website.user_id
        product = self.bell.with_user(user).with_context(website_id=self.website.id)
        self.assertFalse(product.allow_out_of_stock_order)
        for name in ("shop_available_qty", "shop_in_stock_qty"):
            self.assertNotIn(name, product.fields_get())

    def test_cart_is_kept_from_another_visitor(self):
        """A5: two browsers, three bells."""
        self.website.promise_cart_reservation_minutes = 30
        self.assertEqual(self._add(self.bell, 2)["quantity"], 2)
        self.assertEqual(self._get_info(self.bell)["free_qty"], 3)
        self._forget_session()
        self.assertEqual(self._get_info(self.bell)["free_qty"], 1)
        self.assertEqual(self._add(self.bell, 3)["quantity"], 1)

    def test_cart_page_names_unavailable_products(self):
        """A5: when a visitor returns to the cart, and at checkout."""
        self._add(self.bell, 3)
        self.assertNotIn("o_shop_shortage", self._get_page("/shop/cart"))
        self._take_bells(2)
        page = self._get_page("/shop/cart")
        self.assertIn("You ask for 3 Brass Bell but only 1 is available", page)

    def test_cleared_cart_reserves_nothing(self):
        """A5: the stock is free for the next visitor."""
        self.website.promise_cart_reservation_minutes = 30
        self._add(self.bell, 3)
        self._call("/shop/cart/clear")
        self._forget_session()
        self.assertEqual(self._get_info(self.bell)["free_qty"], 3)

    def test_unavailable_quotation_cannot_be_paid_in_the_portal(self):
        """A5: the portal refuses payments that the shop refuses."""
        shopper = new_test_user(self.env, "shopper", groups="base.group_portal")
        self.authenticate("shopper", "shopper")
        self._add(self.bell, 2)
        cart = self.env["sale.order"].search(
            [("partner_id", "=", shopper.partner_id.id)]
        )
        provider = self.env["payment.provider"].search(
            [("custom_mode", "=", "wire_transfer")], limit=1
        )
        provider.write({"state": "enabled", "is_published": True})
        pay = {
            "access_token": cart._portal_ensure_token(),
            "amount": cart.amount_total,
            "flow": "direct",
            "landing_route": "/my",
            "payment_method_id": provider.with_context(
                active_test=False
            ).payment_method_ids.id,
            "provider_id": provider.id,
            "token_id": None,
            "tokenization_requested": False,
        }
        self._take_bells(2)
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self._call(f"/my/orders/{cart.id}/transaction", **pay)
        self.assertFalse(cart.transaction_ids)
        self._take_bells(-2)
        self._call(f"/my/orders/{cart.id}/transaction", **pay)
        self.assertTrue(cart.transaction_ids)
        self.assertEqual(cart.soft_reservation_ids.quantity, 2)

    def _take_bells(self, quantity):
        self.env["stock.quant"]._update_available_quantity(
            self.bell, self.warehouse.lot_stock_id, -quantity
        )

    def test_customer_with_an_account(self):
        """A5: sees the same pages as a visitor, and no internal figures."""
        new_test_user(self.env, "shopper", groups="base.group_portal")
        self.authenticate("shopper", "shopper")
        self._get_page("/shop")
        self._get_page(self.bell.website_url)
        info = self._get_info(self.trailer, 5)
        self.assertRegex(info["shop_promise"], "^3 in stock, the rest from")
        self.assertEqual(self._get_info(self.bell)["free_qty"], 3)
        self._add(self.trailer, 5)
        self.assertEqual(self._add(self.bell, 5)["quantity"], 3)
        self.assertIn("the rest from", self._get_page("/shop/cart"))
        for name in ("shop_available_qty", "free_qty"):
            with self.assertRaisesRegex(JsonRpcException, "AccessError"):
                self._call(
                    "/web/dataset/call_kw/product.product/read",
                    model="product.product",
                    method="read",
                    args=[self.bell.ids, [name]],
                    kwargs={"context": {"website_id": self.website.id}},
                )

    def test_dark_shop_is_odoo_s(self):
        """B9: as installed, everything is sold as its field says."""
        self.company.promise_phase = "dark"
        info = self._get_info(self.bell, 5)
        self.assertTrue(info["allow_out_of_stock_order"])
        self.assertNotIn("shop_promise", info)
        self.assertEqual(self._add(self.bell, 5)["quantity"], 5)
        self.assertEqual(self._add(self.trailer, 5)["quantity"], 3)

    def _forget_session(self):
        """Continue as another visitor."""
        self.authenticate(None, None)
