# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import os
import unittest
from pathlib import Path

from odoo.tests import BaseCase, tagged

DOCS = Path(os.path.realpath(__file__)).parents[3] / "docs"


@unittest.skipUnless(DOCS.exists(), "the documentation lies in the repository")
@tagged("post_install", "-at_install")
class TestCollection(BaseCase):
    """docs/postman.json fits docs/openapi.json, which it is written from (E9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schema = cls._read("openapi.json")
        cls.collection = cls._read("postman.json")
        cls.operations = {
            (method.upper(), path): operation
            for path, methods in cls.schema["paths"].items()
            for method, operation in methods.items()
        }
        cls.requests = {
            cls._get_key(item["request"]): item["request"]
            for folder in cls.collection["item"]
            for item in folder["item"]
        }

    @classmethod
    def _read(cls, name):
        return json.loads((DOCS / name).read_text(encoding="utf-8"))

    @classmethod
    def _get_key(cls, request):
        """Return method and path of a request, as the description writes them."""
        parts = [
            f"{{{part[1:]}}}" if part.startswith(":") else part
            for part in request["url"]["path"]
        ]
        return request["method"], "/" + "/".join(parts)

    def _iterate_pairs(self):
        """Yield each operation with its request, and the name of both."""
        for key, operation in self.operations.items():
            yield operation, self.requests[key], " ".join(key)

    def test_same_operations(self):
        """E9: a request for each operation, in the folder of its tag, and no other."""
        self.assertEqual(self.requests.keys(), self.operations.keys())
        described, collected = set(), set()
        for (method, path), operation in self.operations.items():
            described |= {(tag, method, path) for tag in operation["tags"]}
        for folder in self.collection["item"]:
            keys = [self._get_key(item["request"]) for item in folder["item"]]
            collected |= {(folder["name"], *key) for key in keys}
        self.assertEqual(collected, described)
        count = sum(len(folder["item"]) for folder in self.collection["item"])
        self.assertEqual(count, len(self.operations))

    def test_same_parameters(self):
        """E9: with all parameters; those that are required are switched on."""
        places = {"path": ("url", "variable"), "query": ("url", "query")}
        for operation, request, name in self._iterate_pairs():
            sent = {("header", row["key"]): row for row in request["header"]}
            for place, (part, field) in places.items():
                sent |= {(place, row["key"]): row for row in request[part][field]}
            sent.pop(("header", "Content-Type"), None)
            described = {
                (row["in"], row["name"]): row for row in operation["parameters"]
            }
            self.assertEqual(sent.keys(), described.keys(), name)
            for key, row in described.items():
                if row["required"]:
                    self.assertTrue(sent[key]["value"], name)
                    self.assertNotIn("disabled", sent[key], name)

    def test_new_key_for_each_request(self):
        """E9: whatever may be repeated safely has an `Idempotency-Key`."""
        for operation, request, name in self._iterate_pairs():
            names = {row["name"] for row in operation["parameters"]}
            keys = [
                row["value"]
                for row in request["header"]
                if row["key"] == "Idempotency-Key" and not row.get("disabled")
            ]
            expected = ["{{$guid}}"] if "Idempotency-Key" in names else []
            self.assertEqual(keys, expected, name)

    def test_bodies_are_the_examples(self):
        """E9: a request with a body has the example of the description."""
        schemas = self.schema["components"]["schemas"]
        for operation, request, name in self._iterate_pairs():
            self.assertEqual("requestBody" in operation, "body" in request, name)
            if "body" in request:
                content = operation["requestBody"]["content"]["application/json"]
                schema = schemas[content["schema"]["$ref"].rpartition("/")[2]]
                body = json.loads(request["body"]["raw"])
                self.assertIn(body, schema["examples"], name)

    def test_server_and_key_are_variables(self):
        """E9: the address and the API key are entered once, for all requests."""
        variables = {row["key"]: row["value"] for row in self.collection["variable"]}
        self.assertEqual(variables.keys(), {"base_url", "api_key"})
        self.assertTrue(
            variables["base_url"].endswith(self.schema["servers"][0]["url"])
        )
        self.assertFalse(variables["api_key"])
        for _operation, request, name in self._iterate_pairs():
            self.assertEqual(request["url"]["host"], ["{{base_url}}"], name)
        header = {row["key"]: row["value"] for row in self.collection["auth"]["apikey"]}
        self.assertEqual(
            header, {"key": "X-Api-Key", "value": "{{api_key}}", "in": "header"}
        )
