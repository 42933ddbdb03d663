# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import importlib
import json
import subprocess
import sys
import tempfile
import unittest
from datetime import timedelta, timezone
from pathlib import Path

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from odoo.addons.backorder_atp_fastapi.tests.common import ROOT, ApiCommon

from .test_description import DOCS

PACKAGE = "backorder_atp_client"
CONFIG = "post_hooks: []\n"


@tagged("post_install", "-at_install")
@unittest.skipUnless(DOCS.exists(), "needs the tools of the repository")
class TestClient(ApiCommon):
    """A typed client, generated from the description, works with the server (E9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls._generate(Path(folder))
        sys.path.insert(0, folder)
        cls.addClassCleanup(sys.path.remove, folder)
        cls.addClassCleanup(cls._forget)
        cls.models = importlib.import_module(f"{PACKAGE}.models")

    @classmethod
    def _generate(cls, folder):
        """Generate the client; a warning of the generator is a failure."""
        (folder / "openapi.json").write_text(
            (DOCS / "openapi.json").read_text(encoding="utf-8"), encoding="utf-8"
        )
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        command = [sys.executable, "-m", "openapi_python_client", "generate"]
        subprocess.run(
            [
                *command,
                *("--path", "openapi.json", "--config", "config.yaml"),
                *("--meta", "none", "--output-path", PACKAGE, "--fail-on-warning"),
            ],
            cwd=folder,
            check=True,
            capture_output=True,
        )

    @classmethod
    def _forget(cls):
        for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
            del sys.modules[name]

    def setUp(self):
        super().setUp()
        self.enterContext(self.allow_requests())

    def _ask(self, operation, role="sales", **values):
        """Call an operation of the client, such as ``orders.get_order``."""
        module = importlib.import_module(f"{PACKAGE}.api.{operation}")
        client = importlib.import_module(PACKAGE).AuthenticatedClient(
            base_url=f"{self.base_url()}{ROOT}",
            token=self.keys[role],
            prefix="",
            auth_header_name="X-Api-Key",
            cookies={TEST_CURSOR_COOKIE_NAME: self.http_request_key},
            raise_on_unexpected_status=True,
        )
        response = module.sync_detailed(client=client, **values)
        self.env.invalidate_all()
        return response.status_code, response.parsed

    def _order(self, quantity, key="client", product=None, **values):
        line = self.models.LineCreate(
            sku=(product or self.protected).default_code, quantity=quantity
        )
        body = self.models.OrderCreate(
            customer_id=self.customer.id, lines=[line], **values
        )
        return self._ask("orders.create_order", body=body, idempotency_key=key)

    def test_every_operation_has_a_function(self):
        """E9: the client has a module for each operation."""
        schema = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
        for path in schema["paths"].values():
            for operation in path.values():
                [tag] = operation["tags"]
                name = "".join(
                    f"_{letter.lower()}" if letter.isupper() else letter
                    for letter in operation["operationId"]
                )
                importlib.import_module(f"{PACKAGE}.api.{tag}.{name}")

    def test_every_schema_has_a_type(self):
        """E9: none is reduced to a value of any type."""
        schema = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
        missing = schema["components"]["schemas"].keys() - vars(self.models).keys()
        self.assertFalse(missing)

    def test_orders(self):
        """E5: create, list and cancel, with typed values."""
        status, order = self._order(3)
        self.assertEqual(status, 201)
        self.assertIs(order.status, self.models.OrderStatus.ALLOCATED)
        self.assertIs(order.result, self.models.PromiseResult.SUCCESS)
        self.assertEqual(order.lines[0].quantity_allocated, 3)
        self.assertIsNotNone(order.order_date.tzinfo)
        _status, again = self._order(3)
        self.assertEqual(again.order_id, order.order_id)
        _status, late = self._order(2, "late", self.backorderable)
        _status, page = self._ask("orders.list_orders", limit=1)
        self.assertEqual([row.order_id for row in page.orders], [order.order_id])
        _status, page = self._ask(
            "orders.list_orders", limit=1, cursor=page.next_cursor
        )
        self.assertEqual([row.order_id for row in page.orders], [late.order_id])
        self.assertIsNone(page.next_cursor)
        reason = self.models.Decision(reason="The customer asked")
        status, late = self._ask(
            "orders.hold_order", "operator", order_id=late.order_id, body=reason
        )
        self.assertEqual((status, late.hold_reason), (200, "The customer asked"))
        _status, order = self._ask("orders.cancel_order", order_id=order.order_id)
        self.assertIs(order.status, self.models.OrderStatus.CANCELLED)
        status, page = self._ask(
            "orders.list_orders",
            status=[self.models.OrderStatus.ON_HOLD, self.models.OrderStatus.DRAFT],
            changed_since=fields.Datetime.now().replace(tzinfo=timezone.utc)
            - timedelta(hours=1),
        )
        self.assertEqual([row.order_id for row in page.orders], [late.order_id])

    def test_problems(self):
        """E9: errors are typed as well."""
        status, problem = self._order(9)
        self.assertEqual(status, 422)
        self.assertIsInstance(problem, self.models.Problem)
        [item] = problem.unavailable_items
        self.assertEqual((item.required, item.available, item.shortfall), (9, 5, 4))
        status, problem = self._ask("orders.get_order", order_id=2**31 - 1)
        self.assertEqual((status, problem.status), (404, 404))
        self.assertIn("Order not found", problem.detail)
        status, problem = self._ask("orders.list_orders", cursor="x")
        self.assertEqual(problem.errors[0].location, "query.cursor")

    def test_order_management(self):
        """E1, E5, E6: reservations, customers and shipments."""
        expiry = fields.Datetime.now().replace(tzinfo=timezone.utc)
        expiry += timedelta(hours=2)
        body = self.models.ReservationCreate(
            sku="PROTECTED",
            warehouse_id=self.warehouse.id,
            quantity=2,
            customer_id=self.customer.id,
            expires_at=expiry,
        )
        status, reservation = self._ask("reservations.create_reservation", body=body)
        self.assertEqual((status, reservation.expires_at), (201, expiry))
        _status, view = self._ask(
            "customers.get_customer_inventory",
            customer_id=self.customer.id,
            sku=["PROTECTED"],
        )
        [item] = view.inventory_items
        self.assertEqual(item.reserved_quantity, 2)
        self.assertIsInstance(view.customer_tier, self.models.CustomerTier)
        _status, order = self._order(2)
        _status, page = self._ask(
            "shipments.list_shipments", "viewer", order_id=order.order_id
        )
        [shipment] = page.shipments
        status, shipment = self._ask(
            "shipments.start_shipment", "operator", shipment_id=shipment.shipment_id
        )
        self.assertIs(shipment.status, self.models.ShipmentStatus.IN_PROGRESS)
        _status, reservation = self._ask(
            "reservations.get_reservation", reservation_id=reservation.reservation_id
        )
        self.assertIs(reservation.status, self.models.ReservationStatus.CONSUMED)
