# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase
from odoo.tools import mute_logger

from odoo.addons.backorder_atp.tests.common import BackorderCommon

from ..models.res_config_settings import API_RATE, MAX_RATE

ROOT = "/api/v2"
SCOPE = "backorder_atp"


class ApiCommon(BackorderCommon, HttpCase):
    """A key for each role, and calls over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.endpoint = cls.env.ref("backorder_atp_fastapi.fastapi_endpoint")
        cls.endpoint._handle_registry_sync()
        cls.users["admin"] = cls._create_user(
            "admin", "base.group_system,sales_team.group_sale_manager"
        )
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param(API_RATE, MAX_RATE)  # tests ask as often as they like
        cls.keys = {role: cls._create_key(user) for role, user in cls.users.items()}
        cls.protected.default_code = "PROTECTED"
        cls.backorderable.default_code = "LATER"
        cls._set_stock(cls.protected, 5)

    @classmethod
    def _create_key(cls, user, scope=SCOPE, expiration=False):
        keys = cls.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate(scope, "Test", expiration)

    def _call(self, method, path, role="admin", json=None, headers=None, **options):
        """Send a request with the key of ``role``; return the response."""
        headers = dict(headers or {})
        if role:
            headers.setdefault("X-Api-Key", self.keys[role])
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"{ROOT}{path}", method=method, json=json, headers=headers, **options
            )
        self.env.invalidate_all()
        return response

    def _get_json(self, path, role="admin", **options):
        response = self._call("GET", path, role, **options)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def _iterate_pages(self, path, role="admin", **params):
        """Yield the pages of a list; one that does not end is a failure."""
        for _page in range(20):
            body = self._get_json(path, role, params=params)
            self.assertEqual(body["hasMore"], bool(body["nextCursor"]))
            yield body
            if not body["hasMore"]:
                return
            params["cursor"] = body["nextCursor"]
        self.fail(f"the list {path} does not end")

    def _count_queries(self, role, call):
        """Return the number of queries of ``call``, with the environment of ``role``.

        As in a request: nothing is cached.
        """
        env = self._as(role, self.env["backorder.api"]).env
        call(env)  # what is cached for all requests
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call(env)
        return self.env.cr.sql_log_count - before

    def _get_schema(self):
        """Return the OpenAPI description, which needs no key."""
        return self._get_json("/openapi.json", None)

    def _assert_problem(self, response, status, kind, text=""):
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        body = response.json()
        self.assertEqual(body["type"], f"urn:backorder-atp:problem:{kind}")
        self.assertEqual(body["status"], status)
        self.assertIn(text, body["detail"])
        return body

    def _prepare_body(self, *lines, **values):
        """Return the body of a new order over ``(product, quantity)`` each."""
        return {
            "customerId": self.customer.id,
            "lines": [
                {"productId": product.id, "quantity": quantity}
                for product, quantity in lines
            ],
            **values,
        }

    def _post_order(self, *lines, role="sales", key=None, **values):
        self.post_count = getattr(self, "post_count", 0) + 1
        return self._call(
            "POST",
            "/orders",
            role,
            json=self._prepare_body(*lines, **values),
            headers={"Idempotency-Key": key or f"{self.id()}-{self.post_count}"},
        )

    def _create_posted(self, *lines, **values):
        response = self._post_order(*lines, **values)
        self.assertEqual(response.status_code, 201, response.text)
        return self.env["sale.order"].browse(response.json()["orderId"])
