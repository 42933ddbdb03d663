# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged

from ..models import backorder_api
from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestAvailability(ApiCommon):
    def _get_availability(self, part, role="viewer", **options):
        return self._get_json(f"/inventory/{part}/availability", role, **options)

    def test_figures_of_the_procedure(self):
        """D1, D2: 80 on hand, 100 reserved, 50 incoming: 30 effective."""
        product = self._create_product(
            "Widget", allow_backorder="yes", default_code="WIDGET-A"
        )
        self._set_stock(product, 80)
        self._confirm((product, 100))
        self._create_receipt(product, 50)
        body = self._get_availability("WIDGET-A")
        self.assertEqual(
            {
                name: body[name]
                for name in (
                    "totalQuantityOnHand",
                    "reservedUnits",
                    "incomingUnits",
                    "backorderedUnits",
                    "effectiveAvailableUnits",
                    "availableToPromise",
                )
            },
            {
                "totalQuantityOnHand": 80,
                "reservedUnits": 100,
                "incomingUnits": 50,
                "backorderedUnits": 20,
                "effectiveAvailableUnits": 30,
                "availableToPromise": 0,
            },
        )

    def test_locations(self):
        """D2: quantities by location."""
        self._set_stock(self.protected, 7, self.shelf)
        self._confirm((self.protected, 4))
        locations = self._get_availability("PROTECTED")["locations"]
        self.assertEqual(
            [row["locationName"] for row in locations],
            sorted([self.stock.complete_name, self.shelf.complete_name]),
        )
        self.assertEqual(sum(row["quantityOnHand"] for row in locations), 12)
        self.assertEqual(sum(row["reservedQuantity"] for row in locations), 4)
        self.assertEqual(sum(row["availableQuantity"] for row in locations), 8)
        self.assertEqual({row["kind"] for row in locations}, {"pickable"})

    def test_every_component(self):
        """D2: the breakdown is the calculator's, warehouse by warehouse."""
        north = self._create_warehouse("North", "NOR")
        self._set_stock(self.protected, 3, north.lot_stock_id)
        body = self._get_availability("PROTECTED")
        rows = self.availability.get_availability(
            self.protected, self.warehouse | north
        )
        self.assertEqual(
            [row["warehouse"] for row in body["warehouses"]],
            (self.warehouse | north).mapped("name"),
        )
        for row in body["warehouses"]:
            figures = rows[self.protected.id, row["warehouseId"]]
            self.assertEqual(row["atp"], figures["atp"])
            self.assertEqual(row["onHand"], figures["on_hand"])
            self.assertFalse(row["explanation"])
        self.assertEqual(body["totalQuantityOnHand"], 8)
        one = self._get_availability("PROTECTED", params={"warehouseId": north.id})
        self.assertEqual(one["totalQuantityOnHand"], 3)

    def test_explanation(self):
        """D2, B17: on demand, the documents behind each figure."""
        order = self._confirm((self.protected, 4))
        body = self._get_availability("PROTECTED", params={"explain": "true"})
        figures = {row["name"]: row for row in body["warehouses"][0]["explanation"]}
        self.assertEqual(figures["committed"]["quantity"], -4)
        self.assertEqual(figures["committed"]["documents"][0]["label"], order.name)

    def test_part_by_id_reference_or_barcode(self):
        """D2: a part can be identified by each of them."""
        self.protected.write({"barcode": "4006381333931", "default_code": "A/B 1%"})
        for part in (self.protected.id, "A%2FB%201%25", "4006381333931"):
            self.assertEqual(
                self._get_availability(part)["productId"], self.protected.id, part
            )

    def test_id_counts_before_reference(self):
        """D2: the id takes precedence over a reference."""
        self.backorderable.default_code = str(self.protected.id)
        body = self._get_availability(self.protected.id)
        self.assertEqual(body["productId"], self.protected.id)

    def test_unknown_part(self):
        """D2: a missing or unreadable product is not found."""
        hidden = self._create_product(
            "Hidden",
            default_code="HIDDEN",
            company_id=self.env.ref("base.main_company").id,
        )
        for part in ("nonsense", 2**31 - 1, 2**40, "HIDDEN", hidden.id, "%E2%82%AC"):
            response = self._call("GET", f"/inventory/{part}/availability", "viewer")
            self._assert_problem(response, 404, "not-found", "Part not found")

    def test_ambiguous_reference(self):
        """D2: a reference of two products is refused."""
        self.backorderable.default_code = "PROTECTED"
        response = self._call("GET", "/inventory/PROTECTED/availability", "viewer")
        self._assert_problem(response, 409, "ambiguous", "PROTECTED")

    def test_foreign_warehouse(self):
        """D2: a warehouse of another company is not found."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "!=", self.company.id)], limit=1
        )
        response = self._call(
            "GET",
            "/inventory/PROTECTED/availability",
            "viewer",
            params={"warehouseId": warehouse.id},
        )
        self._assert_problem(response, 404, "not-found", "Warehouse not found")

    def test_odd_addresses(self):
        """E9: an invalid path is an error of the caller."""
        for part in ("%FF", "%00", "a%0Ab", "x" * 200):
            response = self._call("GET", f"/inventory/{part}/availability", "viewer")
            self.assertIn(response.status_code, (400, 404, 422), part)
            self.assertIn("problem+json", response.headers["Content-Type"])

    def test_roles(self):
        """D2: all employees have access."""
        for role in self.keys:
            self.assertEqual(
                self._get_availability("PROTECTED", role)["productId"],
                self.protected.id,
            )

    def test_internal_error_has_no_details(self):
        """E9: internal errors are in the server log, not in the response."""
        with patch.object(
            backorder_api.BackorderApi, "_find_part", side_effect=ZeroDivisionError("x")
        ):
            response = self._call("GET", "/inventory/PROTECTED/availability", "viewer")
        body = self._assert_problem(response, 500, "internal-server-error")
        self.assertNotIn("ZeroDivision", str(body))
