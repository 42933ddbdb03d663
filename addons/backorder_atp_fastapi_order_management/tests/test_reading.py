# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.tests import tagged

from odoo.addons.backorder_atp_crm.tests.common import OpportunityCommon
from odoo.addons.backorder_atp_fastapi.tests.common import ROOT, ApiCommon


@tagged("post_install", "-at_install")
class TestReading(OpportunityCommon, ApiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._allocate_lead()
        order = cls._confirm((cls.backorderable, 3), (cls.protected, 1))
        reservation = cls.env["stock.soft.reservation"].create(
            {
                "product_id": cls.protected.id,
                "warehouse_id": cls.warehouse.id,
                "quantity": 1,
                "partner_id": cls.customer.id,
            }
        )
        job = cls.env["backorder.job"].create(
            {"company_id": cls.company.id, "user_id": cls.users["operator"].id}
        )
        cls.values = {
            "orderId": order.id,
            "reservationId": reservation.id,
            "customerId": cls.customer.id,
            "opportunityId": cls.lead.id,
            "shipmentId": order.picking_ids[:1].id,
            "jobId": job.id,
            "discrepancyId": cls._create_discrepancy().id,
            "part": "LATER",
        }

    @classmethod
    def _allocate_lead(cls):
        cls.lead.action_allocate_stock()

    @classmethod
    def _create_discrepancy(cls):
        return cls.env["stock.discrepancy"].create(
            {
                "product_id": cls.backorderable.id,
                "warehouse_id": cls.warehouse.id,
                "expected_qty": 3,
                "counted_qty": 2,
            }
        )

    def test_reading_only_reads(self):
        """E9: every GET of the API works on a read-only copy of the database."""
        paths = [
            path.format(**self.values)
            for path, methods in self._get_schema()["paths"].items()
            if "get" in methods
        ]
        self.assertGreater(len(paths), 20)
        for path in paths:
            amount = "?amount=1" if path.endswith("credit-impact") else ""
            with self.subTest(path), self.assertNoLogs("odoo.http", "WARNING"):
                response = self.url_open(
                    f"{ROOT}{path}{amount}", headers={"X-Api-Key": self.keys["admin"]}
                )
                self.assertEqual(response.status_code, 200, response.text)
                self.assertIsInstance(json.loads(response.text), dict)
