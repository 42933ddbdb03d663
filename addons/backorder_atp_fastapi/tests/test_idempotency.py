# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestIdempotency(ApiCommon):
    def setUp(self):
        super().setUp()
        self.requests = self.env["backorder.api.request"].sudo()

    def test_sent_twice_done_once(self):
        """E9: the second request gets the first response, without changes."""
        first = self._post_order((self.protected, 2), key="one")
        second = self._post_order((self.protected, 2), key="one")
        self.assertEqual((first.status_code, second.status_code), (201, 201))
        self.assertEqual(first.json(), second.json())
        self.assertNotIn("Idempotent-Replayed", first.headers)
        self.assertEqual(second.headers["Idempotent-Replayed"], "true")
        self.assertEqual(self._get(self.protected), 3)
        self.assertEqual(len(self.requests.search([("key", "=", "one")])), 1)

    def test_key_of_another_request(self):
        """E9: a key stands for one request: body, address and company."""
        order = self._create_posted((self.protected, 1), key="one")
        response = self._post_order((self.protected, 2), key="one")
        self._assert_problem(response, 422, "idempotency-key-reused")
        response = self._call(
            "POST", f"/orders/{order.id}/approve", headers={"Idempotency-Key": "one"}
        )
        self.assertEqual(response.status_code, 200)  # the key of another user
        response = self._call(
            "POST",
            f"/orders/{order.id}/approve",
            "sales",
            headers={"Idempotency-Key": "one"},
        )
        self._assert_problem(response, 422, "idempotency-key-reused")

    def test_company_is_part_of_the_request(self):
        """E9: the same body for another company is another request."""
        other = self.env["res.company"].create({"name": "Other Keepers"})
        self.users["sales"].company_ids = [Command.link(other.id)]
        self._create_posted((self.protected, 1), key="one")
        response = self._call(
            "POST",
            "/orders",
            "sales",
            json=self._prepare_body((self.protected, 1)),
            headers={"Idempotency-Key": "one", "X-Company-Id": str(other.id)},
        )
        self._assert_problem(response, 422, "idempotency-key-reused")

    def test_failed_request_is_not_stored(self):
        """E9: a refused request can be repeated with the same key."""
        response = self._post_order((self.protected, 7), key="one")
        self._assert_problem(response, 422, "insufficient-inventory")
        self.assertFalse(self.requests.search([("key", "=", "one")]))
        self._set_stock(self.protected, 9)
        response = self._post_order((self.protected, 7), key="one")
        self.assertEqual(response.status_code, 201, response.text)

    def test_creating_needs_a_key(self):
        """E9: creating an order requires a key."""
        body = self._prepare_body((self.protected, 1))
        response = self._call("POST", "/orders", "sales", json=body)
        problem = self._assert_problem(response, 422, "validation")
        self.assertEqual(problem["errors"][0]["location"], "header.Idempotency-Key")

    def test_every_post(self):
        """E9: also for allocating, splitting and approving."""
        self._set_stock(self.backorderable, 4)
        order = self._confirm((self.protected, 3), (self.backorderable, 10))
        for path, json in (
            (f"/orders/{order.id}/allocate", {"allowPartial": True}),
            ("/orders/allocate-batch", {"orderIds": order.ids}),
            (f"/orders/{order.id}/split-backorder", {"customerAgreed": True}),
            (f"/orders/{order.id}/approve", {"reason": "x"}),
        ):
            headers = {"Idempotency-Key": path}
            answers = [
                self._call("POST", path, json=json, headers=headers) for _try in "ab"
            ]
            self.assertEqual(
                [answer.status_code for answer in answers], [200, 200], path
            )
            self.assertEqual(answers[0].json(), answers[1].json())
            self.assertIn("Idempotent-Replayed", answers[1].headers)
        self.assertEqual(len(order.backorder_child_ids), 1)

    def test_old_ones_go(self):
        """E9: responses are deleted after some days."""
        self._create_posted((self.protected, 1), key="old")
        self._create_posted((self.protected, 1), key="new")
        old = self.requests.search([("key", "=", "old")])
        long_ago = fields.Datetime.now() - timedelta(days=4)
        self.env.cr.execute(
            "UPDATE backorder_api_request SET create_date = %s WHERE id = %s",
            (long_ago, old.id),
        )
        self.requests._gc_requests()
        self.env.invalidate_all()
        self.assertFalse(old.exists())
        self.assertTrue(self.requests.search([("key", "=", "new")]))

    def test_answers_are_for_administrators(self):
        """C10: only administrators read stored responses."""
        self._create_posted((self.protected, 1), key="one")
        for role in ("viewer", "sales", "manager", "finance"):
            self.assertFalse(
                self._as(role, self.env["backorder.api.request"]).has_access("read")
            )
        requests = self._as("admin", self.env["backorder.api.request"])
        self.assertTrue(requests.search([("key", "=", "one")]))
        self.assertFalse(requests.has_access("write"))
