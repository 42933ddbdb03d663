# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_website_sale.tests.common import ShopCommon


@tagged("post_install", "-at_install")
class TestShopKit(ShopCommon):
    """A kit of two wheels and one frame, sold in the shop like its components (A5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wheel = cls._create_product("Wheel", is_published=True)
        cls.frame = cls._create_product("Frame")
        cls.kit = cls._create_kit("Bicycle Kit", is_storable=True)
        cls._set_stock(cls.wheel, 7)
        cls._set_stock(cls.frame, 9)

    @classmethod
    def _create_kit(cls, name, **values):
        kit = cls.env["product.product"].create(
            {"name": name, "is_published": True, "list_price": 10, **values}
        )
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                    for product, quantity in ((cls.wheel, 2), (cls.frame, 1))
                ],
            }
        )
        return kit

    def test_scarcest_component_limits_the_kit(self):
        """A5: seven wheels are enough for three kits."""
        info = self._get_info(self.kit)
        self.assertEqual((info["free_qty"], info["shop_in_stock_qty"]), (3, 3))
        cart = self._create_cart()
        self.assertEqual(self._add(cart, self.kit, 9)["quantity"], 3)

    def test_components_are_shared_within_the_cart(self):
        """A5: wheels in the cart are not available for kits, and vice versa."""
        cart = self._create_cart()
        self.assertEqual(self._add(cart, self.wheel, 3)["quantity"], 3)
        self.env.invalidate_all()
        self.assertEqual(self._add(cart, self.kit, 9)["quantity"], 2)
        self.env.invalidate_all()
        self.assertEqual(self._set_quantity(cart, 9)["quantity"], 3)

    def test_page_deducts_the_components_in_the_cart(self):
        """A5: the product page shows the same quantities."""
        self._set_stock(self.wheel, 20, self._create_quarantine())
        cart = self._create_cart((self.kit, 2))
        self.env.invalidate_all()
        taken = cart._get_unavailable_quantity_from_kits(
            self.wheel.with_context(website_id=self.website.id)
        )
        self.assertEqual(self._get_info(self.wheel, 1, cart)["free_qty"] - taken, 3)

    def test_page_of_a_kit_with_a_backorder_component(self):
        """A5: components with backorders allowed need no stock."""
        self.frame.allow_backorder = "yes"
        self._set_stock(self.frame, 0)
        cart = self._create_cart((self.wheel, 2))
        self.env.invalidate_all()
        taken = cart._get_unavailable_quantity_from_kits(
            self.kit.with_context(website_id=self.website.id)
        )
        self.assertEqual(self._get_info(self.kit, 1, cart)["free_qty"] - taken, 2)

    def test_kit_that_is_not_tracked_is_limited_like_others(self):
        """A5: on its page, in the cart and before payment."""
        kit = self._create_kit("Loose Kit")
        info = self._get_info(kit, 9)
        self.assertEqual((info["free_qty"], info["shop_in_stock_qty"]), (3, 3))
        self.assertTrue(info["is_storable"])
        self.assertFalse(info["allow_out_of_stock_order"])
        cart = self._create_cart()
        result = self._add(cart, kit, 9)
        self.assertEqual(result["quantity"], 3)
        self.assertIn("only 3 is available", result["warning"])
        self.assertEqual(cart.order_line._get_max_line_qty(), 3)
        self._confirm((self.wheel, 5))
        self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "only 1 is"):
            cart._check_cart_is_ready_to_be_paid()
        self._confirm((self.wheel, 2))
        self.assertTrue(self._is_sold_out(kit))
        self.assertEqual(self._get_markup(kit), "OutOfStock")

    def test_kit_that_is_not_tracked_shows_its_date(self):
        """A5: sold beyond stock if backorders are allowed for all components."""
        (self.wheel | self.frame).allow_backorder = "yes"
        kit = self._create_kit("Loose Kit")
        later = fields.Datetime.now() + timedelta(days=10)
        self._create_receipt(self.wheel, 50, scheduled_date=later)
        info = self._get_info(kit, 5)
        self.assertTrue(info["allow_out_of_stock_order"])
        self.assertRegex(info["shop_promise"], "^Available from")
        cart = self._create_cart()
        self.assertEqual(self._add(cart, kit, 5)["quantity"], 5)
        self.assertIsNone(cart.order_line._get_max_line_qty())

    def test_cart_reserves_the_components(self):
        """A5: wheels and frames are reserved for a kit in a cart."""
        self.website.promise_cart_reservation_minutes = 30
        cart = self._create_cart()
        self._add(cart, self.kit, 2)
        reserved = {
            reservation.product_id: reservation.quantity
            for reservation in cart.soft_reservation_ids
        }
        self.assertEqual(reserved, {self.wheel: 4, self.frame: 2})
