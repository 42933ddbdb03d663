# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ShopCommon


@tagged("post_install", "-at_install")
class TestShop(ShopCommon):
    """Availability in the shop, and limits of the cart (A5)."""

    # ------------------------------------------------------------------
    # Availability
    # ------------------------------------------------------------------

    def test_shop_shows_what_can_be_promised(self):
        """A5: without promised, reserved and safety stock."""
        self.assertEqual(self._get_available(self.protected), 3)
        self._confirm((self.protected, 1))
        self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 1,
            }
        )
        self.assertEqual(self._get_available(self.protected), 1)
        self.env["stock.soft.reservation"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 1,
                "partner_id": self.vendor.id,
            }
        )
        self.assertEqual(self._get_available(self.protected), 0)
        self.assertTrue(self._is_sold_out(self.protected))

    def test_quarantined_stock_is_not_for_sale(self):
        """A5: it is not shown, although Odoo counts it as free."""
        self._set_stock(self.protected, 7, self._create_quarantine())
        self.assertEqual(self.protected.free_qty, 10)
        self.assertEqual(self._get_available(self.protected), 3)

    def test_never_below_zero(self):
        """A5: promised stock that was lost is shown as zero."""
        self._confirm((self.protected, 3))
        self._force_stock(self.protected, -2)
        self.assertEqual(self._get(self.protected), -2)
        self.assertEqual(self._get_available(self.protected), 0)
        info = self._get_info(self.protected)
        self.assertEqual((info["free_qty"], info["shop_in_stock_qty"]), (0, 0))

    def test_policy_overrides_continue_selling(self):
        """A5: in the soft and hard phases, in both directions."""
        for phase in ("soft", "hard"):
            self.company.promise_phase = phase
            info = self._get_info(self.protected)
            self.assertFalse(info["allow_out_of_stock_order"], phase)
            info = self._get_info(self.backorderable)
            self.assertTrue(info["allow_out_of_stock_order"], phase)
        self._confirm((self.protected, 3), (self.backorderable, 3))
        self.assertTrue(self._is_sold_out(self.protected))
        self.assertTrue(self._is_sold_out(self.protected.product_tmpl_id))
        self.assertFalse(self._is_sold_out(self.backorderable))

    def test_dark_phase_changes_nothing(self):
        """B9: by default, the shop works as in Odoo."""
        self.company.promise_phase = "dark"
        self._confirm((self.protected, 5))
        self._set_stock(self.backorderable, 0)
        info = self._get_info(self.protected)
        self.assertTrue(info["allow_out_of_stock_order"])
        self.assertNotIn("shop_promise", info)
        self.assertFalse(self._is_sold_out(self.protected))
        self.assertTrue(self._is_sold_out(self.backorderable))
        cart = self._create_cart()
        self.assertEqual(self._add(cart, self.protected, 9)["quantity"], 9)
        self.assertFalse(cart._get_shop_promises())
        self.website.promise_cart_reservation_minutes = 30
        self.assertEqual(self._add(cart, self.protected, 1)["quantity"], 10)
        self.assertFalse(cart.soft_reservation_ids)

    def test_continue_selling_is_kept(self):
        """A5: the value of Odoo's field is not changed."""
        product = self.backorderable.with_context(website_id=self.website.id)
        self.assertTrue(product.allow_out_of_stock_order)
        self.assertFalse(self.backorderable.allow_out_of_stock_order)
        self.assertFalse(product.product_tmpl_id.allow_out_of_stock_order)
        self.backorderable.allow_out_of_stock_order = True
        self.assertTrue(self.backorderable.product_tmpl_id.allow_out_of_stock_order)
        found = self.env["product.product"].search(
            [("allow_out_of_stock_order", "=", True), ("id", "=", product.id)]
        )
        self.assertTrue(found)

    def test_new_variant_does_not_change_its_template(self):
        """A5: Odoo's field on the template is not changed."""
        template = self.backorderable.product_tmpl_id
        self.env["product.product"].create({"product_tmpl_id": template.id})
        self.assertFalse(template.allow_out_of_stock_order)

    def test_limited_backorders(self):
        """A5, B16: sold up to the limit beyond stock, with a message."""
        self.backorderable.write(
            {"backorder_limit": "quantity", "backorder_limit_qty": 4}
        )
        self.backorderable.write({"show_availability": True, "available_threshold": 5})
        info = self._get_info(self.backorderable)
        self.assertFalse(info["allow_out_of_stock_order"])
        self.assertEqual((info["free_qty"], info["shop_in_stock_qty"]), (7, 3))
        self.assertTrue(info["show_availability"])
        cart = self._create_cart()
        self.assertEqual(self._add(cart, self.backorderable, 9)["quantity"], 7)

    def test_hard_lock_stops_sales(self):
        """B2: not even products with backorders allowed are sold."""
        self.backorderable.standard_price = 1000
        self.env["stock.discrepancy"].create(
            {
                "product_id": self.backorderable.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 3,
                "counted_qty": 0,
            }
        )
        self.assertTrue(self._is_sold_out(self.backorderable))

    def test_made_to_order_is_not_limited(self):
        """A5: products purchased for the order need no stock."""
        product = self._create_bought_to_order()
        self.assertFalse(self._is_sold_out(product))
        cart = self._create_cart()
        self.assertEqual(self._add(cart, product, 4)["quantity"], 4)

    def test_many_products_in_one_statement(self):
        """A5: a page of twenty products takes no more queries than one of two."""
        products = self.env["product.product"].create(
            [{"name": f"Shown {n}", "is_storable": True} for n in range(20)]
        )
        of_two = self._count_queries(products[:2].product_tmpl_id)
        self.assertLessEqual(self._count_queries(products.product_tmpl_id), of_two)

    def _count_queries(self, templates):
        # from one search
        templates = templates.with_context(website_id=self.website.id).browse(
            templates.ids
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        for template in templates:
            self.assertTrue(template._is_sold_out())
        return self.env.cr.sql_log_count - before

    # ------------------------------------------------------------------
    # Warehouse
    # ------------------------------------------------------------------

    def test_stock_of_the_warehouse_of_the_order(self):
        """A5, A6: the shop shows the warehouse that the order will get."""
        other = self._create_warehouse("Far", "FAR")
        self._set_stock(self.protected, 8, other.lot_stock_id)
        self.website.warehouse_id = other
        self.assertEqual(self._get_available(self.protected), 8)
        self.assertEqual(self._create_cart().warehouse_id, other)
        self.website.warehouse_id = False
        self.website.salesteam_id = self.env["crm.team"].create(
            {
                "name": "Shop",
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        self.assertEqual(self._get_available(self.protected), 3)
        cart = self._create_cart(team_id=self.website.salesteam_id.id)
        self.assertEqual(cart.warehouse_id, self.warehouse)

    def test_warehouse_of_the_salesperson_of_the_shop(self):
        """A5, A6: before there is a cart, in the cart, and at confirmation."""
        far = self._create_warehouse("Far", "FAR")
        self._set_stock(self.protected, 8, far.lot_stock_id)
        salesperson = self.users["sales"]
        salesperson.property_warehouse_id = far
        self.website.salesperson_id = salesperson
        self.assertEqual(self._get_available(self.protected), 8)
        cart = self._create_cart((self.protected, 5))
        self.assertFalse(cart.user_id)
        self.assertEqual(cart.warehouse_id, far)
        cart.action_confirm()
        self.assertEqual(cart.user_id, salesperson)
        self.assertEqual(cart.warehouse_id, far)

    def test_salesperson_of_the_customer_does_not_change_the_warehouse(self):
        """A5, A6: even though they become the salesperson at confirmation."""
        far = self._create_warehouse("Far", "FAR")
        self.users["sales"].property_warehouse_id = far
        self.company.promise_phase = "soft"
        self.customer.user_id = self.users["sales"]
        cart = self._create_cart((self.protected, 2))
        self.assertEqual(cart.warehouse_id, self.warehouse)
        cart.action_confirm()
        self.assertEqual(cart.state, "draft", "two warehouses, and none is chosen")
        self._as("manager", cart.override_ids).action_approve("from there")
        self.assertEqual(cart.state, "sale")
        self.assertEqual(cart.user_id, self.users["sales"])
        self.assertEqual(cart.warehouse_id, self.warehouse)

    def test_ambiguous_warehouse_sells_nothing_in_hard(self):
        """A6: no random choice among several warehouses."""
        other = self._create_warehouse("Far", "FAR")
        self._set_stock(self.protected, 8, other.lot_stock_id)
        cart = self._create_cart((self.backorderable, 1))
        self.assertFalse(cart.warehouse_id)
        self.assertEqual(self._get_available(self.protected), 0)
        with self.assertRaisesRegex(Exception, "cannot deliver your order"):
            cart._check_cart_is_ready_to_be_paid()

    # ------------------------------------------------------------------
    # Cart
    # ------------------------------------------------------------------

    def test_protected_product_goes_into_the_cart_up_to_stock(self):
        """A5: the quantity is reduced to what can be promised, with a message."""
        cart = self._create_cart()
        result = self._add(cart, self.protected, 5)
        self.assertEqual(result["quantity"], 3)
        self.assertIn("only 3 is available", result["warning"])
        self.assertEqual(cart.order_line._get_max_line_qty(), 3)
        self._confirm((self.protected, 2))
        self.env.invalidate_all()
        self.assertEqual(self._set_quantity(cart, 2)["quantity"], 1)

    def test_backorder_product_goes_into_the_cart_beyond_stock(self):
        """A5: any quantity."""
        cart = self._create_cart()
        result = self._add(cart, self.backorderable, 9)
        self.assertEqual((result["quantity"], result["warning"]), (9, ""))
        self.assertIsNone(cart.order_line._get_max_line_qty())

    def test_line_is_never_limited_below_zero(self):
        """A5: with two lines of a product and less stock than one of them."""
        cart = self._create_cart((self.protected, 1), (self.protected, 2))
        self._confirm((self.protected, 3))
        self.env.invalidate_all()
        self.assertEqual(
            cart.order_line.mapped(lambda x: x._get_max_line_qty()), [0, 0]
        )

    def test_unit_of_the_line(self):
        """A5: three units are not enough for a dozen."""
        cart = self._create_cart()
        with_uom = {
            "product_id": self.protected.id,
            "uom_id": self.env.ref("uom.product_uom_dozen").id,
        }
        result = cart._cart_add(quantity=1, **with_uom)
        self.assertEqual(result["quantity"], 0)
        self._set_stock(self.protected, 30)
        self.env.invalidate_all()
        self.assertEqual(cart._cart_add(quantity=1, **with_uom)["quantity"], 1)
        self.env.invalidate_all()
        self.assertEqual(cart.order_line._get_max_line_qty(), 2)
        self.assertEqual(cart._cart_add(quantity=5, **with_uom)["quantity"], 2)

    # ------------------------------------------------------------------
    # Promised dates
    # ------------------------------------------------------------------

    def _expect(self, product, quantity, days):
        moment = fields.Datetime.now() + timedelta(days=days)
        return self._create_receipt(product, quantity, scheduled_date=moment)

    def test_promise_is_shown_beyond_stock(self):
        """A5: no message within stock; beyond it, the date of each part."""
        self._expect(self.backorderable, 10, 10)
        self.assertFalse(self._get_info(self.backorderable, 3)["shop_promise"])
        promise = self._get_info(self.backorderable, 5)["shop_promise"]
        self.assertRegex(promise, "^3 in stock, the rest from [A-Z].*20..$")
        self._confirm((self.backorderable, 3))
        promise = self._get_info(self.backorderable, 5)["shop_promise"]
        self.assertRegex(promise, "^Available from [A-Z].*20..$")

    def test_uncovered_promise_is_only_expected(self):
        """A5: a lead time is no promise; without a vendor there is no date."""
        promise = self._get_info(self.backorderable, 5)["shop_promise"]
        self.assertEqual(promise, "3 in stock, the rest on backorder")
        self.backorderable.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 12})
        ]
        promise = self._get_info(self.backorderable, 5)["shop_promise"]
        self.assertRegex(promise, "^3 in stock, the rest expected from [A-Z].*20..$")

    def test_promise_counts_the_cart(self):
        """A5: the quantity in the cart is deducted."""
        self._expect(self.backorderable, 10, 10)
        cart = self._create_cart((self.backorderable, 2))
        info = self._get_info(self.backorderable, 3, cart)
        self.assertEqual(info["shop_in_stock_qty"], 1)
        self.assertRegex(info["shop_promise"], "^1 in stock, the rest from")
        cart.order_line.product_uom_qty = 3
        promise = self._get_info(self.backorderable, 3, cart)["shop_promise"]
        self.assertRegex(promise, "^Available from")

    def test_cart_line_shows_its_date(self):
        """A5: only lines beyond stock show a date."""
        self._expect(self.backorderable, 10, 10)
        cart = self._create_cart((self.backorderable, 5), (self.protected, 1))
        late, in_stock = cart.order_line
        promises = cart._get_shop_promises()
        self.assertRegex(promises[late], "^3 in stock, the rest from")
        self.assertNotIn(in_stock, promises)
        self.website.promise_show_dates = False
        self.assertFalse(cart._get_shop_promises())

    def test_confirmation_page_shows_the_dates(self):
        """A5: the same dates as in the cart."""
        self._expect(self.backorderable, 10, 10)
        cart = self._create_cart((self.backorderable, 5), (self.protected, 1))
        said = cart._get_shop_promises()
        cart.action_confirm()
        self.assertEqual(cart._get_shop_promises(), said)

    def test_promise_in_the_language_of_the_shopper(self):
        """A5: the text and the date format."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self._expect(self.backorderable, 10, 10)
        cart = self._create_cart((self.backorderable, 5)).with_context(lang="fr_FR")
        [promise] = cart._get_shop_promises().values()
        self.assertRegex(promise, r"^3 en stock, le reste à partir du \d+ \w+\.? 20..$")

    def test_protected_product_has_no_date_beyond_stock(self):
        """A5: it cannot be bought, so no date is shown."""
        self._expect(self.protected, 10, 10)
        self.assertFalse(self._get_info(self.protected, 5)["shop_promise"])

    def test_availability_for_search_engines(self):
        """A5: on backorder beyond stock, or out of stock."""
        self.assertEqual(self._get_markup(self.protected), "InStock")
        self._confirm((self.protected, 3), (self.backorderable, 3))
        self.env.invalidate_all()
        self.assertEqual(self._get_markup(self.protected), "OutOfStock")
        self.assertEqual(self._get_markup(self.backorderable), "BackOrder")

    def test_availability_in_the_product_feed(self):
        """A5: as for search engines, with the date."""
        feed = self.env["product.feed"].create(
            {"name": "Feed", "website_id": self.website.id}
        )
        self._expect(self.backorderable, 10, 10)
        self._confirm((self.protected, 3), (self.backorderable, 3))
        self.env.invalidate_all()
        products = (self.protected | self.backorderable).with_context(
            website_id=self.website.id
        )
        sold_out, late = (feed._prepare_gmc_stock_info(product) for product in products)
        self.assertEqual(sold_out, {"availability": "out_of_stock"})
        self.assertEqual(late["availability"], "backorder")
        day = fields.Date.today() + timedelta(days=10)
        self.assertGreaterEqual(late["availability_date"], day.isoformat())
        self.website.promise_show_dates = False
        info = feed._prepare_gmc_stock_info(products[1])
        self.assertEqual(info, {"availability": "backorder"})
        xml = self.env["ir.ui.view"]._render_template(
            "website_sale.gmc_xml", {"items": {1: self._prepare_item(late)}}
        )
        self.assertIn(late["availability_date"], xml)

    def _prepare_item(self, stock):
        names = ("title", "description", "link", "image_link", "price", "is_bundle")
        return {
            **dict.fromkeys(("id", "identifier_exists", *names), "x"),
            **dict.fromkeys(("custom_label", "additional_image_link"), []),
            **dict.fromkeys(("product_type", "product_detail"), []),
            **stock,
        }

    def test_out_of_stock_ribbon(self):
        """A5: the ribbon follows the calculator, not Odoo's field."""
        ribbon = self.env["product.ribbon"].create(
            {"name": "Gone", "assign": "out_of_stock"}
        )
        product = self.protected.with_context(website_id=self.website.id)
        self.assertFalse(ribbon._is_applicable_for(product, {}))
        self._confirm((self.protected, 3))
        self.env.invalidate_all()
        self.assertTrue(ribbon._is_applicable_for(product, {}))

    # ------------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------------

    def _create_shopper(self):
        return new_test_user(
            self.env,
            "shopper",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_stock_reserved_for_the_customer_is_available(self):
        """A5, E5: the customer can buy it, others cannot."""
        shopper = self._create_shopper()
        self.env["stock.soft.reservation"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 3,
                "partner_id": shopper.partner_id.id,
            }
        )
        self.assertEqual(self._get_available(self.protected), 0)
        product = self.protected.with_user(shopper).with_context(
            website_id=self.website.id
        )
        self.assertFalse(product._is_sold_out())
        website = self.website.with_user(shopper)
        self.assertEqual(website._get_product_available_qty(product), 3)

    def test_back_in_stock_email_of_another_shop(self):
        """A5: emails have no current website, so that of the product counts."""
        other = self.env["website"].create(
            {"name": "Other", "company_id": self.env.ref("base.main_company").id}
        )
        self.assertNotEqual(other.company_id, self.company)
        self.protected.product_tmpl_id.website_id = self.website
        self.protected.stock_notification_partner_ids = self.customer
        self.customer.email = "patient@example.com"
        order = self._confirm((self.protected, 3))
        products = self.env["product.product"]
        products._send_availability_email()
        self.assertTrue(self.protected.stock_notification_partner_ids)
        order._action_cancel()
        self.env.invalidate_all()
        products._send_availability_email()
        self.assertFalse(self.protected.stock_notification_partner_ids)

    def test_reminder_of_a_cart_with_the_last_units(self):
        """A5: stock reserved for a cart is available to it."""
        self.website.promise_cart_reservation_minutes = 30
        cart = self._create_cart()
        self._add(cart, self.protected, 3)
        other = self._create_cart((self.protected, 1))
        self.env.invalidate_all()
        self.assertTrue(cart._all_product_available())
        self.assertFalse(other._all_product_available())

    def test_cart_names_unavailable_products(self):
        """A5: when it is opened again, not only at payment."""
        cart = self._create_cart((self.protected, 3), (self.backorderable, 9))
        self.assertFalse(cart._get_shop_shortages())
        self._confirm((self.protected, 2))
        self.env.invalidate_all()
        self.assertEqual(
            cart._get_shop_shortages(),
            {cart.order_line[0]: "You ask for 3 Protected but only 1 is available"},
        )
        self.assertFalse(cart.order_line[0].shop_warning)
