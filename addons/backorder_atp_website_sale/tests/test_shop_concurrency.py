# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import re
import urllib.parse
import urllib.request
from functools import partial
from http.cookiejar import CookieJar

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.http_server import RemoteError, run_at_once
from odoo.addons.backorder_atp.tests.server_common import WITH_BRIDGES, ServerCommon

SHOPPERS = 4


class Shopper:
    """A visitor without an account, in a separate browser."""

    def __init__(self, url):
        self._url = url
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def open(self, path, **form):
        """Return the text of a page, or of the response to a form."""
        data = urllib.parse.urlencode(form).encode() if form else None
        with self._opener.open(self._url + path, data, timeout=120) as response:
            return response.read().decode()

    def call(self, path, **params):
        """Return the result of a call of the page.

        :raise RemoteError: with the error that the server reports
        """
        request = urllib.request.Request(
            self._url + path,
            json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=120) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RemoteError(answer["error"]["data"])
        return answer.get("result")

    def fill_cart(self, template_id, product_id, quantity):
        return self.call(
            "/shop/cart/add",
            product_template_id=template_id,
            product_id=product_id,
            quantity=quantity,
        )

    def go_to_pay(self, address):
        """Enter an address and choose the delivery; read the data of the page."""
        page = self.open("/shop/address")
        token = re.search(r'csrf_token: "([^"]+)"', page)[1]
        self.open("/shop/address/submit", csrf_token=token, **address)
        self.open("/shop/checkout?try_skip_step=true")
        page = self.open("/shop/payment")
        self._route = re.search(r'data-transaction-route="([^"]+)"', page)[1]
        self._token = re.search(r'data-access-token="([^"]+)"', page)[1]
        provider = re.search(r'data-provider-id="(\d+)"', page)[1]
        method = re.search(r'data-payment-option-id="(\d+)"', page)[1]
        self._payment = {
            "provider_id": int(provider),
            "payment_method_id": int(method),
        }

    def pay(self):
        """Click the payment button."""
        return self.call(
            self._route,
            **self._payment,
            access_token=self._token,
            token_id=None,
            amount=None,
            flow="direct",
            tokenization_requested=False,
            landing_route="/shop/payment/validate",
        )


@tagged("post_install", "-at_install")
class TestShopConcurrency(ServerCommon):
    """Concurrent shoppers buy the same last units (A5)."""

    modules = WITH_BRIDGES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_shop()

    @classmethod
    def _set_up_shop(cls):
        call = cls.admin.call
        [transfer] = call(
            "payment.provider",
            "search",
            [("custom_mode", "=", "wire_transfer")],
            limit=1,
        )
        values = {"state": "enabled", "is_published": True}
        call("payment.provider", "write", [transfer], values)
        # nearby stores are requested from an external server
        in_store = [("delivery_type", "=", "in_store")]
        collect = call("delivery.carrier", "search", in_store)
        call("delivery.carrier", "write", collect, {"is_published": False})
        [country] = call("res.country", "search", [("code", "=", "DE")])
        cls.address = {
            "name": "Anna",
            "email": "anna@example.com",
            "phone": "+49 30 123456",
            "street": "Street 1",
            "city": "Berlin",
            "zip": "10115",
            "country_id": country,
            "required_fields": "name,email,phone,street,city,country_id",
            "use_delivery_as_billing": "true",
        }

    def _create_sold_online(self, name, stock):
        """Return the ids of the template and of the product."""
        product_id = self._create_product(name, is_published=True, list_price=10)
        self._set_stock(product_id, stock)
        [row] = self.admin.call(
            "product.product", "read", [product_id], ["product_tmpl_id"]
        )
        return row["product_tmpl_id"][0], product_id

    def _count_paying(self, product_id):
        """Return how many carts with that product have a payment."""
        lines = self.admin.call(
            "sale.order.line",
            "search_read",
            [("product_id", "=", product_id)],
            ["order_id"],
        )
        return self.admin.call(
            "sale.order",
            "search_count",
            [
                ("id", "in", [line["order_id"][0] for line in lines]),
                ("transaction_ids", "!=", False),
            ],
        )

    def _set_cart_reservation(self, minutes):
        values = {"promise_cart_reservation_minutes": minutes}
        self.admin.call("website", "write", [1], values)

    def test_last_unit_is_paid_once(self):
        """A5: all try to pay; one succeeds, the others get a message."""
        template_id, product_id = self._create_sold_online("Last Bell", 1)
        shoppers = [Shopper(self.server.url) for _ in range(SHOPPERS)]
        for shopper in shoppers:
            shopper.fill_cart(template_id, product_id, 1)
            shopper.go_to_pay(self.address)
        answers = run_at_once([shopper.pay for shopper in shoppers])
        refused = [answer for answer in answers if isinstance(answer, RemoteError)]
        self.assertEqual(len(refused), SHOPPERS - 1, answers)
        for answer in refused:
            self.assertIn("Last Bell but only 0 is available", answer.message)
        self.assertEqual(self._count_paying(product_id), 1)
        reserved = [("product_id", "=", product_id), ("state", "=", "active")]
        reservations = self.admin.call(
            "stock.soft.reservation", "search_read", reserved, ["quantity"]
        )
        self.assertEqual([reservation["quantity"] for reservation in reservations], [1])

    def test_last_units_are_reserved_once(self):
        """A5: carts never reserve more than the stock."""
        self._set_cart_reservation(30)
        self.addCleanup(self._set_cart_reservation, 0)
        template_id, product_id = self._create_sold_online("Last Lamp", 2)
        shoppers = [Shopper(self.server.url) for _ in range(SHOPPERS)]
        for shopper in shoppers:
            shopper.open("/shop")
        answers = run_at_once(
            [
                partial(shopper.fill_cart, template_id, product_id, 1)
                for shopper in shoppers
            ]
        )
        self.assertCountEqual([answer["quantity"] for answer in answers], [1, 1, 0, 0])
