# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_crm.tests.common import OpportunityCommon
from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon

REASON = {"reason": "The customer postponed it"}


@tagged("post_install", "-at_install")
class TestOpportunities(OpportunityCommon, ApiCommon):
    """E4: opportunities and their stock; 4 are wanted, and 10 are on hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.protected, 10)
        cls.protected.default_code = "PROTECTED"

    def _post(self, action, role="sales", lead=None, json=None, **options):
        path = f"/opportunities/{(lead or self.lead).id}/{action}"
        return self._call("POST", path, role, json=json, **options)

    def test_availability(self):
        """E4: what is wanted, reserved and available."""
        body = self._get_json(f"/opportunities/{self.lead.id}", "sales")
        self.assertEqual((body["name"], body["probability"]), ("Big Deal", 50))
        self.assertEqual((body["stage"], body["wonStatus"]), ("Talking", "pending"))
        self.assertEqual(
            (body["allocationStatus"], body["canAllocate"]), ("none", True)
        )
        [line] = body["lines"]
        self.assertEqual((line["sku"], line["quantity"]), ("PROTECTED", 4))
        self.assertEqual((line["availableQuantity"], line["reservedQuantity"]), (10, 0))
        self.assertFalse(line["isShort"])

    def test_allocate_and_release(self):
        """E4: its stock is reserved, and available again."""
        response = self._post("allocate")
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        self.assertEqual(body["allocationStatus"], "allocated")
        self.assertEqual((body["allocatedValue"], body["canAllocate"]), (200, False))
        self.assertTrue(body["reservedUntil"])
        self.assertEqual(self._get(self.protected), 6)
        self.assertEqual(self._post("allocate").status_code, 200)
        self.assertEqual(self._get(self.protected), 6)
        body = self._post("release", json=REASON).json()
        self.assertEqual(body["allocationStatus"], "released")
        self.assertEqual(body["releaseReason"], REASON["reason"])
        self.assertEqual(self._get(self.protected), 10)
        response = self._post("release", json=REASON)
        self._assert_problem(response, 400, "refused", "no soft reservation")

    def test_allocate_once(self):
        """E9: sent again with the same key, it is done once."""
        options = {"headers": {"Idempotency-Key": "allocate"}}
        first = self._post("allocate", **options)
        self.lead.action_release_stock("Meanwhile")
        self.assertEqual(self._post("allocate", **options).json(), first.json())
        self.assertEqual(self._get(self.protected), 10)

    def test_short(self):
        """E4: all or nothing; the items have the shortage, and it is logged."""
        lead = self._create_lead((self.protected, 12), (self.backorderable, 1))
        response = self._post("allocate", lead=lead)
        body = self._assert_problem(
            response, 422, "insufficient-inventory", "requested 12"
        )
        items = {item["sku"]: item for item in body["unavailableItems"]}
        item = items["PROTECTED"]
        self.assertEqual(
            (item["required"], item["available"], item["shortfall"]), (12, 10, 2)
        )
        self.assertEqual(items["LATER"]["shortfall"], 1)
        self.assertEqual(self._get(self.protected), 10)

    def test_unlikely_or_lost(self):
        """E4: below the least probability, or lost, nothing is reserved."""
        self.lead.probability = 20
        self._assert_problem(self._post("allocate"), 400, "refused", "probability")
        self.lead.action_set_lost()
        self._assert_problem(self._post("allocate"), 400, "refused", "is lost")
        body = self._get_json(f"/opportunities/{self.lead.id}", "sales")
        self.assertEqual((body["wonStatus"], body["canAllocate"]), ("lost", False))

    def test_list(self):
        """E4: the opportunities of a customer, paged."""
        other = self.env["res.partner"].create({"name": "Other"})
        lead = self._create_lead((self.backorderable, 1), partner_id=other.id)

        def find(**params):
            body = self._get_json("/opportunities", "sales", params=params)
            return [row["opportunityId"] for row in body["opportunities"]]

        self.assertEqual(find(customerId=other.id), lead.ids)
        page = self._get_json("/opportunities", "sales", params={"limit": 1})
        self.assertIn(lead.id, find(cursor=page["nextCursor"]))
        self.assertNotIn(
            page["opportunities"][0]["opportunityId"], find(cursor=page["nextCursor"])
        )

    def test_number_of_queries(self):
        """E9: five more opportunities need less than one more query each."""

        def list_opportunities(env):
            env["backorder.api.opportunity"]._list_opportunities(None, 200)

        self._create_lead((self.protected, 1))
        few = self._count_queries("sales", list_opportunities)
        for number in range(5):
            self._create_lead((self._create_product(f"P{number}"), 1))
        many = self._count_queries("sales", list_opportunities)
        self.assertLess(many, few + 5)

    def test_report(self):
        """E4: by stage and by SKU."""
        self._post("allocate")
        report = self._get_json("/opportunities/allocation-report", "viewer")
        self.assertEqual(report["totalOpportunities"], 1)
        self.assertEqual(report["totalAllocatedValue"], 200)
        self.assertEqual(
            report["opportunitiesByStage"],
            [{"stage": "Talking", "opportunities": 1, "value": 200}],
        )
        [row] = report["inventoryAllocationBySku"]
        self.assertEqual((row["sku"], row["quantity"]), ("PROTECTED", 4))

    def test_credit(self):
        """E3: the effect on the credit of its customer."""
        impact = self._get_json(f"/opportunities/{self.lead.id}/credit-impact", "sales")
        self.assertEqual(impact["creditImpact"], 200)
        self.lead.partner_id = False
        response = self._call("GET", f"/opportunities/{self.lead.id}/credit-impact")
        self._assert_problem(response, 400, "refused", "Choose a customer")

    def test_who_may_allocate(self):
        """C10: sales, for what they may change; others do not find it."""
        for role in ("viewer", "operator"):
            response = self._post("allocate", role)
            self.assertIn(response.status_code, (403, 404))
        self.assertEqual(self._get(self.protected), 10)

    def test_another_company(self):
        """C10: it does not exist for a request of another company."""
        company = self.env["res.company"].create({"name": "Other Keepers"})
        self.users["sales"].company_ids += company
        response = self._post("allocate", headers={"X-Company-Id": str(company.id)})
        self._assert_problem(response, 404, "not-found", "Opportunity not found")
