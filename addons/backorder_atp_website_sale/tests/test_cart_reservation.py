# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ShopCommon


@tagged("post_install", "-at_install")
class TestCartReservation(ShopCommon):
    """Stock that is reserved for a cart for some time (A5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website.promise_cart_reservation_minutes = 30

    def _get_reservations(self, cart, state="active"):
        self.env.invalidate_all()
        return cart.soft_reservation_ids.filtered(
            lambda reservation: reservation.state == state
        )

    def _age(self, reservations):
        """Let ``reservations`` expire."""
        reservations.sudo().write(
            {"expiry_date": fields.Datetime.now() - timedelta(days=1)}
        )
        self.env.flush_all()

    def test_cart_keeps_what_is_in_it(self):
        """A5: only its own shopper sees it."""
        cart = self._create_cart()
        self._add(cart, self.protected, 2)
        reservation = self._get_reservations(cart)
        self.assertEqual(
            (reservation.product_id, reservation.quantity), (self.protected, 2)
        )
        minutes = (reservation.expiry_date - fields.Datetime.now()).total_seconds() / 60
        self.assertAlmostEqual(minutes, 30, delta=1)
        self.assertEqual(self._get_available(self.protected), 1)
        self.assertEqual(self._get_info(self.protected, 1, cart)["free_qty"], 3)
        other = self._create_cart()
        self.assertEqual(self._add(other, self.protected, 3)["quantity"], 1)
        self.env.invalidate_all()
        self.assertEqual(cart.order_line._get_max_line_qty(), 2)

    def test_reservation_follows_the_cart(self):
        """A5: when the quantity increases, decreases and becomes zero."""
        cart = self._create_cart()
        self._add(cart, self.protected, 1)
        reservation = self._get_reservations(cart)
        self._set_quantity(cart, 3)
        self.assertEqual(
            (self._get_reservations(cart), reservation.remaining_quantity),
            (reservation, 3),
        )
        self._set_quantity(cart, 2)
        self.assertEqual(reservation.remaining_quantity, 2)
        self._set_quantity(cart, 0)
        self.assertFalse(self._get_reservations(cart))
        self.assertEqual(reservation.state, "released")
        self.assertEqual(self._get_available(self.protected), 3)

    def test_reduced_cart_serves_orders_on_backorder(self):
        """A5, C1: released stock is allocated to orders on backorder."""
        cart = self._create_cart()
        self._add(cart, self.backorderable, 3)
        order = self._confirm((self.backorderable, 2))
        self.assertEqual(order.backorder_state, "backordered")
        self._set_quantity(cart, 1)
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_cleared_cart_reserves_nothing(self):
        """A5: by the button of the shop or in the back office."""
        cart = self._create_cart()
        self._add(cart, self.protected, 2)
        self._add(cart, self.backorderable, 1)
        cart.order_line[0].unlink()
        self.assertEqual(self._get_reservations(cart).product_id, self.backorderable)
        self.assertEqual(self._get_available(self.protected), 3)
        cart.order_line.unlink()
        self.assertFalse(self._get_reservations(cart))

    def test_change_renews_the_reservation(self):
        """A5: the duration restarts with each change."""
        cart = self._create_cart()
        self._add(cart, self.protected, 1)
        reservation = self._get_reservations(cart)
        soon = fields.Datetime.now() + timedelta(minutes=2)
        reservation.sudo().expiry_date = soon
        self._set_quantity(cart, 2)
        self.assertGreater(reservation.expiry_date, soon)

    def test_reservation_expires(self):
        """A5: to the minute, without a scheduled action; the cart stays."""
        cart = self._create_cart()
        self._add(cart, self.protected, 3)
        self._age(self._get_reservations(cart))
        self.assertEqual(self._get_available(self.protected), 3)
        other = self._create_cart()
        self.assertEqual(self._add(other, self.protected, 2)["quantity"], 2)
        self.env.invalidate_all()
        self.assertEqual(cart.order_line.product_uom_qty, 3)
        self._set_quantity(cart, 3)
        self.assertEqual(cart.order_line.product_uom_qty, 1)
        self.assertEqual(self._get_reservations(cart).quantity, 1)
        self.assertEqual(len(self._get_reservations(cart, "expired")), 1)

    def test_confirmation_consumes_the_reservation(self):
        """A5: the order gets the stock reserved for the cart."""
        cart = self._create_cart()
        self._add(cart, self.protected, 3)
        reservation = self._get_reservations(cart)
        cart.action_confirm()
        self.assertEqual(reservation.state, "consumed")
        self.assertEqual(cart.backorder_state, "allocated")

    def test_backorder_product_is_reserved_up_to_stock(self):
        """A5: only available stock is reserved."""
        cart = self._create_cart()
        self._add(cart, self.backorderable, 9)
        self.assertEqual(self._get_reservations(cart).quantity, 3)

    def test_reservations_of_employees_are_unchanged(self):
        """A5: stock reserved for the customer counts and is not reserved twice."""
        reserved = self.env["stock.soft.reservation"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 2,
                "partner_id": self.env.user.partner_id.id,
            }
        )
        cart = self._create_cart(partner_id=self.env.user.partner_id.id)
        self.assertEqual(self._add(cart, self.protected, 3)["quantity"], 3)
        self.assertEqual(self._get_reservations(cart).quantity, 1)
        self._set_quantity(cart, 0)
        self.assertEqual((reserved.state, reserved.remaining_quantity), ("active", 2))

    def test_visitor_reserves_a_part_of_the_stock(self):
        """A5: an anonymous visitor cannot reserve all stock."""
        self._set_stock(self.protected, 10)
        cart = self._create_cart(
            (self.protected, 10), partner_id=self.website.user_id.partner_id.id
        )
        self.env["stock.soft.reservation"]._keep_cart(cart, 30)
        self.assertEqual(self._get_reservations(cart).quantity, 5)
        self.assertEqual(self._get_available(self.protected), 5)
        cart.partner_id = self.customer  # the address is given
        self.env["stock.soft.reservation"]._keep_cart(cart, 30)
        self.assertEqual(self._get_reservations(cart).quantity, 10)
        for percent in (-1, 101):
            with self.assertRaisesRegex(ValidationError, "between 0 and 100"):
                self.website.promise_visitor_reservation_percent = percent

    def test_implausible_cart_reserves_nothing(self):
        """A5: a quantity of a billion reserves nothing, with or without a login."""
        for partner in (self.website.user_id.partner_id, self.customer):
            cart = self._create_cart(partner_id=partner.id)
            self._add(cart, self.backorderable, 1_000_000_000)
            self.assertFalse(self._get_reservations(cart))
            self.assertEqual(
                self._get(self.backorderable), 3, "all of it is still there"
            )

    def test_carts_reserve_nothing_by_default(self):
        """A5: the setting is off by default."""
        self.website.promise_cart_reservation_minutes = 0
        cart = self._create_cart()
        self._add(cart, self.protected, 2)
        self.assertFalse(cart.soft_reservation_ids)
        self.assertEqual(self._get_available(self.protected), 3)

    def test_setting_stays_within_the_longest_reservation(self):
        """A5: up to the limit of the company, and not negative."""
        self.company.soft_reservation_max_duration = 24
        for minutes in (-1, 24 * 60 + 1):
            with self.assertRaisesRegex(ValidationError, "between 0 and 1440 minutes"):
                self.website.promise_cart_reservation_minutes = minutes

    # ------------------------------------------------------------------
    # Payment
    # ------------------------------------------------------------------

    def test_last_unit_is_reserved_for_the_first_payment(self):
        """A5: the other is notified before paying."""
        self.website.promise_cart_reservation_minutes = 0
        first, second = (self._create_cart((self.protected, 3)) for _ in range(2))
        for cart in (first, second):
            self._prepare_delivery(cart)
        first._check_cart_is_ready_to_be_paid()
        self.assertEqual(self._get_reservations(first).quantity, 3)
        self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "Protected but only 0 is"):
            second._check_cart_is_ready_to_be_paid()
        # the payment can still be retried
        first._check_cart_is_ready_to_be_paid()

    def test_payment_reservation_can_be_switched_off(self):
        """A5: then both can pay, and the promise decision applies."""
        self.website.write(
            {
                "promise_cart_reservation_minutes": 0,
                "promise_payment_reservation_minutes": 0,
            }
        )
        first, second = (self._create_cart((self.protected, 3)) for _ in range(2))
        for cart in (first, second):
            self._prepare_delivery(cart)
            cart._check_cart_is_ready_to_be_paid()
        self.assertFalse((first | second).soft_reservation_ids)

    def test_cart_keeps_its_stock_while_it_is_paid_for(self):
        """A5: stock reserved for the cart stays reserved while paying."""
        self.website.promise_payment_reservation_minutes = 0
        cart = self._create_cart()
        self._add(cart, self.protected, 2)
        reservation = self._get_reservations(cart)
        expiry = reservation.expiry_date
        self._prepare_delivery(cart)
        cart._check_cart_is_ready_to_be_paid()
        self.assertEqual(self._get_reservations(cart), reservation)
        self.assertEqual((reservation.quantity, reservation.expiry_date), (2, expiry))

    def test_changed_cart_during_payment(self):
        """A5: a higher quantity reserves no more, a lower one releases stock."""
        self.website.promise_cart_reservation_minutes = 0
        cart = self._create_cart((self.protected, 2))
        self._prepare_delivery(cart)
        cart._check_cart_is_ready_to_be_paid()
        reservation = self._get_reservations(cart)
        self._set_quantity(cart, 3)
        self.assertEqual(
            (reservation.state, reservation.remaining_quantity), ("active", 2)
        )
        self._set_quantity(cart, 1)
        self.assertEqual(
            (reservation.state, reservation.remaining_quantity), ("active", 1)
        )

    def test_backorder_product_can_be_paid_beyond_stock(self):
        """A5: by any number of customers."""
        for _shopper in range(2):
            cart = self._create_cart((self.backorderable, 5))
            self._prepare_delivery(cart)
            cart._check_cart_is_ready_to_be_paid()

    def test_product_with_a_soft_lock_can_be_paid(self):
        """B2: the discrepancy is acknowledged before the delivery."""
        self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 100,
                "counted_qty": 98,
            }
        )
        cart = self._create_cart((self.protected, 1))
        self._prepare_delivery(cart)
        cart._check_cart_is_ready_to_be_paid()

    def _prepare_delivery(self, cart):
        """Choose the delivery method of the cart, if Odoo requires one."""
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "By Cart",
                "product_id": self.env["product.product"]
                .create({"name": "By Cart", "type": "service"})
                .id,
                "is_published": True,
                "company_id": self.company.id,
            }
        )
        cart.carrier_id = carrier
