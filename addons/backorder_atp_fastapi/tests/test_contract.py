# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import unittest
from unittest.mock import patch

import hypothesis

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..openapi import ERROR_NAMES
from ..schemas.common import Problem
from .common import ROOT, ApiCommon

try:
    import schemathesis
    from schemathesis import checks, openapi
    from schemathesis.generation import GenerationMode
except ImportError:  # needed by these tests alone
    schemathesis = None

EXAMPLES = 10


@tagged("post_install", "-at_install")
class TestContract(ApiCommon):
    """The API conforms to its OpenAPI description (E9)."""

    def test_every_operation_is_described(self):
        """E9: with authentication, problems, and a summary."""
        schema = self._get_schema()
        self.assertEqual(schema["servers"], [{"url": ROOT}])
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                name = f"{method} {path}"
                self.assertTrue(operation["summary"], name)
                self.assertEqual(
                    operation["security"], [{"ApiKey": []}, {"Bearer": []}], name
                )
                for status, response in operation["responses"].items():
                    self.assertEqual("$ref" in response, status >= "400", name)
                    if status < "400":
                        self.assertEqual([*response["content"]], ["application/json"])

    def test_every_error_is_described(self):
        """E9: once, as a problem, with the status in each of its examples."""
        schema = self._get_schema()
        shared = schema["components"]["responses"]
        names = {*ERROR_NAMES.values(), "InvalidOnRead"}
        self.assertEqual(shared.keys(), names)
        statuses = {name: int(status) for status, name in ERROR_NAMES.items()}
        for name, response in shared.items():
            [(media_type, content)] = response["content"].items()
            self.assertEqual(media_type, "application/problem+json")
            for example in content["examples"].values():
                status = statuses[name.removesuffix("OnRead")]
                self.assertEqual(example["value"]["status"], status)

    def _get_routes(self):
        return [
            route
            for router in self.endpoint._get_fastapi_routers()
            for route in router.routes
        ]

    def test_examples_of_answers(self):
        """E9: each example is a valid response or problem."""
        for route in self._get_routes():
            for status, response in route.responses.items():
                content = response["content"]["application/json"]
                with self.subTest(route=route.path, status=status):
                    if status < 400:
                        answer = route.response_model.model_validate(content["example"])
                        self.assertEqual(
                            answer.model_dump(mode="json", by_alias=True),
                            content["example"],
                        )
                        continue
                    for kind, example in content["examples"].items():
                        problem = Problem.model_validate(example["value"])
                        self.assertEqual(problem.status, status)
                        self.assertTrue(problem.type.endswith(f":{kind}"))

    def test_examples_of_requests(self):
        """E9: each example is a valid request."""
        fields = [route.body_field for route in self._get_routes()]
        bodies = [field.field_info.annotation for field in fields if field]
        self.assertGreaterEqual(len(bodies), 15)
        for body in bodies:
            [example] = body.model_config["json_schema_extra"]["examples"]
            body.model_validate(example)

    def test_documentation_page(self):
        """E9: the page needs no external resources."""
        response = self._call("GET", "/docs", None)
        self.assertEqual(response.status_code, 200)
        self.assertIn(f"{ROOT}/openapi.json", response.text)
        self.assertNotIn("https://", response.text)
        for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
            url = f"/backorder_atp_fastapi/static/lib/swagger-ui/{name}"
            self.assertIn(url, response.text)
            self.assertEqual(self.url_open(url).status_code, 200)
        self.assertEqual(self._call("GET", "/redoc", None).status_code, 404)

    def test_settings_lead_to_it(self):
        """E9: the settings open the description of the API."""
        action = self.env["res.config.settings"].create({}).action_open_backorder_api()
        self.assertEqual(action["url"], f"{ROOT}/docs")
        self.endpoint.active = False
        with self.assertRaisesRegex(UserError, "disabled"):
            self.env["res.config.settings"].create({}).action_open_backorder_api()

    def test_methods(self):
        """E9: another method is refused with the list of allowed ones."""
        for method, path, allowed in (
            ("DELETE", "/orders/1", "GET, PUT"),
            ("PUT", "/orders", "GET, POST"),
            ("PUT", "/orders/backorders", "GET"),
        ):
            response = self._call(method, path)
            self._assert_problem(response, 405, "method-not-allowed")
            self.assertEqual(response.headers["Allow"], allowed)

    def _call_cursor(self, path, **options):
        """Return the answer, and whether it was found by a read-only cursor."""
        found = []
        find = self.registry["backorder.api"]._find_order

        def find_order(api, order_id):
            found.append(api.env.cr.readonly)
            return find(api, order_id)

        with patch.object(self.registry["backorder.api"], "_find_order", find_order):
            response = self._call(path=path, **options)
        [is_readonly] = found
        return response.status_code, is_readonly

    def test_get_is_served_by_a_replica(self):
        """E9: a GET gets a read-only cursor, on a replica if there is one.

        Writing requests do not, nor requests for current data.
        """
        order = self._confirm((self.backorderable, 3))
        path = f"/orders/{order.id}"
        self.assertEqual(self._call_cursor(path, method="GET"), (200, True))
        fresh = {"Cache-Control": "no-cache"}
        self.assertEqual(
            self._call_cursor(path, method="GET", headers=fresh), (200, False)
        )
        self.assertEqual(self._call_cursor(path, method="PUT", json={}), (200, False))

    def test_reading_only_reads(self):
        """E9: read-only requests work on a read-only copy of the database."""
        order = self._confirm((self.backorderable, 3))
        with self.assertNoLogs("odoo.http", "WARNING"):
            for path in (
                "/inventory/LATER/availability?explain=true",
                "/orders/backorders",
                "/orders?changedSince=2026-01-01T00:00:00Z",
                "/discrepancies",
                f"/orders/{order.id}",
                "/events",
                "/openapi.json",
            ):
                response = self.url_open(
                    f"{ROOT}{path}", headers={"X-Api-Key": self.keys["admin"]}
                )
                self.assertEqual(response.status_code, 200, path)

    @unittest.skipUnless(schemathesis, "needs schemathesis")
    def test_whatever_is_sent(self):
        """E9: no internal error and no undocumented response.

        The same examples each time, valid and invalid, for each operation.
        """
        schema = openapi.from_dict(self._get_schema())
        for result in schema.get_all_operations():
            operation = result.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                with self.subTest(operation=operation.label, mode=mode.value):
                    self._check_operation(operation, mode)

    def _check_operation(self, operation, mode):
        names = [
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_schema_conformance",
        ]
        wanted = [checks.CHECKS.get_one(name) for name in names]

        @hypothesis.settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def check(case):
            response = case.call(
                base_url=self.base_url() + ROOT,
                session=self.opener,
                headers={"X-Api-Key": self.keys["admin"]},
            )
            case.validate_response(response, checks=wanted)

        check()
