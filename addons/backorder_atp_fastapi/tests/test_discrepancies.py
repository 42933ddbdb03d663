# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_discrepancy import DiscrepancyCommon

from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestDiscrepancies(DiscrepancyCommon, ApiCommon):
    """Counts and discrepancies over HTTP; there are 10 on hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.protected, 10)
        cls.company.write(
            {"discrepancy_review_counts": True, "discrepancy_min_quantity": 1}
        )

    def _count_over_http(self, quantity, role="operator", part="PROTECTED", **values):
        json = {"locationId": self.stock.id, "countedQuantity": quantity, **values}
        return self._call("POST", f"/inventory/{part}/count", role, json=json)

    def _report(self, role="operator", **values):
        return self._call(
            "POST",
            "/discrepancies",
            role,
            json={
                "part": "PROTECTED",
                "warehouseId": self.warehouse.id,
                "expectedQuantity": 10,
                "countedQuantity": 8,
                **values,
            },
        )

    def _decide(self, discrepancy, action, role="manager", **json):
        return self._call(
            "POST", f"/discrepancies/{discrepancy.id}/{action}", role, json=json
        )

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def test_count_of_a_manager(self):
        """B2: it is applied, and the difference is on record."""
        response = self._count_over_http(7, "manager")
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        self.assertEqual(
            {name: body[name] for name in body if name.endswith("uantity")},
            {"previousQuantity": 10, "countedQuantity": 7},
        )
        self.assertEqual((body["difference"], body["isApplied"]), (-3, True))
        self.assertEqual(body["sku"], "PROTECTED")
        self.assertEqual(body["location"], self.stock.complete_name)
        self.assertEqual(self.protected.qty_available, 7)
        discrepancy = self._find("count")
        self.assertEqual(body["discrepancy"]["discrepancyId"], discrepancy.id)
        self.assertFalse(body["discrepancy"]["isCountPending"])

    def test_large_difference_of_an_operator(self):
        """B2: it needs a decision; the stock has not changed."""
        body = self._count_over_http(1).json()
        self.assertFalse(body["isApplied"])
        self.assertTrue(body["discrepancy"]["isCountPending"])
        self.assertEqual(body["discrepancy"]["difference"], -9)
        self.assertEqual(self.protected.qty_available, 10)
        discrepancy = self._find("count")
        self.assertEqual(discrepancy.counted_by_id, self.users["operator"])
        response = self._decide(
            discrepancy, "resolve", reason="Broken", postCorrection=True
        )
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        self.assertEqual((body["status"], body["decision"]), ("resolved", "Broken"))
        self.assertEqual(body["decidedBy"], self.users["manager"].name)
        self.assertEqual(self.protected.qty_available, 1)

    def test_count_that_matches(self):
        """B2: no difference, no discrepancy."""
        body = self._count_over_http(10).json()
        self.assertEqual((body["difference"], body["isApplied"]), (0, True))
        self.assertIsNone(body["discrepancy"])

    def test_count_once(self):
        """E9: sent again with the same key, it is counted once."""
        for _attempt in range(2):
            response = self._call(
                "POST",
                "/inventory/PROTECTED/count",
                "manager",
                json={"locationId": self.stock.id, "countedQuantity": 7},
                headers={"Idempotency-Key": "count"},
            )
            self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.headers["Idempotent-Replayed"], "true")
        self.assertEqual(len(self._find("count")), 1)

    def test_count_by_lot(self):
        """B2: a product with lots is counted by lot."""
        product = self._create_product("Lots", tracking="lot", default_code="LOTS")
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": product.id})
        response = self._count_over_http(2, "manager", "LOTS")
        self._assert_problem(response, 422, "validation", "tracked by lot")
        response = self._count_over_http(2, "manager", "LOTS", lot="L2")
        self._assert_problem(response, 404, "not-found", "L2")
        body = self._count_over_http(2, "manager", "LOTS", lot="L1").json()
        self.assertEqual((body["lot"], body["difference"]), ("L1", 2))
        self.assertEqual(lot.product_qty, 2)

    def test_what_cannot_be_counted(self):
        """B2: services, and places without stock."""
        service = self._create_product("Hour", type="service", is_storable=False)
        response = self._count_over_http(2, part=str(service.id))
        self._assert_problem(response, 422, "validation", "not kept in stock")
        for place in (self.customers, self.warehouse.view_location_id):
            response = self._count_over_http(2, locationId=place.id)
            self._assert_problem(response, 404, "not-found", "Location not found")
        self._assert_problem(self._count_over_http(-1), 422, "validation")

    def test_who_may_count(self):
        """C10: inventory users."""
        for role in ("sales", "viewer"):
            response = self._count_over_http(10, role)
            self._assert_problem(response, 403, "forbidden")
        self.assertEqual(self._count_over_http(10).status_code, 200)

    # ------------------------------------------------------------------
    # Discrepancies
    # ------------------------------------------------------------------

    def test_report(self):
        """B2: it is entered manually, with its severity and owner."""
        response = self._report(locationId=self.stock.id)
        self.assertEqual(response.status_code, 201, response.text)
        body = response.json()
        discrepancy = self._find("manual")
        self.assertEqual(body["discrepancyId"], discrepancy.id)
        self.assertEqual(body["foundBy"], "manual")
        self.assertEqual((body["difference"], body["percent"]), (-2, 20))
        self.assertEqual(body["owner"], self.users["manager"].name)
        self.assertEqual(body["severity"], discrepancy.severity)
        self.assertEqual(discrepancy.counted_by_id, self.users["operator"])
        self.assertEqual(self._get_json(f"/discrepancies/{discrepancy.id}"), body)

    def test_invalid_reports(self):
        """B2: what has no difference, or no place."""
        self._assert_problem(self._report(countedQuantity=10), 422, "validation")
        response = self._report(locationId=self.customers.id)
        self._assert_problem(response, 404, "not-found")
        self._assert_problem(self._report(part="Nothing"), 404, "not-found")
        self._assert_problem(self._report(warehouseId=2**31 - 1), 404, "not-found")

    def test_list(self):
        """B2: the open ones, unless a status is requested."""
        first, second = self._enter(), self._enter(self.backorderable, 10, 1)
        second.action_start_review()
        closed = self._enter(expected=10, counted=5, location_id=self.stock.id)
        closed.action_reject("Counted wrongly")

        def find(**params):
            body = self._get_json("/discrepancies", "viewer", params=params)
            return [row["discrepancyId"] for row in body["discrepancies"]]

        self.assertEqual(find(), (first | second).ids)
        self.assertEqual(find(status="under_review"), second.ids)
        self.assertEqual(find(status=["new", "rejected"]), (first | closed).ids)
        self.assertEqual(find(productId=self.protected.id), first.ids)
        self.assertEqual(find(severity=first.severity), first.ids)
        self.assertEqual(find(warehouseId=2**31 - 1), [])
        page = self._get_json("/discrepancies", params={"limit": 1})
        self.assertTrue(page["hasMore"])
        self.assertEqual(find(cursor=page["nextCursor"]), second.ids)

    def test_number_of_queries(self):
        """E9: more discrepancies need less than one more query each."""
        filters = dict.fromkeys(("status", "severity", "product_id", "warehouse_id"))

        def list_discrepancies(env):
            env["backorder.api.discrepancy"]._list_discrepancies(filters, 200)

        self._enter()
        few = self._count_queries("viewer", list_discrepancies)
        for number in range(7):
            self._enter(self._create_product(f"P{number}"))
        self.assertLess(self._count_queries("viewer", list_discrepancies), few + 7)

    def test_decisions(self):
        """B2: review, reject and reopen."""
        discrepancy = self._enter()
        for action, json, status in (
            ("review", {}, "under_review"),
            ("reject", {"reason": "Counted wrongly"}, "rejected"),
            ("reopen", {"reason": "Found again"}, "new"),
            ("resolve", {"reason": "Accepted"}, "resolved"),
        ):
            response = self._decide(discrepancy, action, **json)
            self.assertEqual(response.status_code, 200, response.text)
            self.assertEqual(response.json()["status"], status)
        response = self._decide(discrepancy, "resolve", reason="Again")
        self._assert_problem(response, 400, "refused", "is closed")
        self.assertEqual(self.protected.qty_available, 10)

    def test_who_may_decide(self):
        """C10: inventory managers; operators report and review."""
        discrepancy = self._enter()
        for role in ("viewer", "sales", "operator"):
            for action in ("resolve", "reject", "reopen"):
                response = self._decide(discrepancy, action, role, reason="x")
                self._assert_problem(response, 403, "forbidden")
        for role in ("viewer", "sales"):
            self._assert_problem(self._report(role), 403, "forbidden")
            response = self._decide(discrepancy, "review", role)
            self._assert_problem(response, 403, "forbidden")
        self.assertEqual(
            self._decide(discrepancy, "review", "operator").status_code, 200
        )

    def test_another_company(self):
        """C10: it does not exist for a request of another company."""
        discrepancy = self._enter()
        company = self.env["res.company"].create({"name": "Other Keepers"})
        self.users["manager"].company_ids += company
        headers = {"X-Company-Id": str(company.id)}
        response = self._call(
            "GET", f"/discrepancies/{discrepancy.id}", "manager", headers=headers
        )
        self._assert_problem(response, 404, "not-found", "Discrepancy not found")
        body = self._get_json("/discrepancies", "manager", headers=headers)
        self.assertEqual(body["discrepancies"], [])
