# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_delivery.tests.common import CarrierCommon
from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon


@tagged("post_install", "-at_install")
class TestShipments(CarrierCommon, ApiCommon):
    """E6: a delivery from its start until it is delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.protected, 10)
        cls.order = cls._confirm((cls.protected, 2), carrier_id=cls.express.id)
        cls.delivery = cls.order.picking_ids
        cls.path = f"/shipments/{cls.delivery.id}"

    def _post(self, action, role="operator", json=None, **options):
        return self._call("POST", f"{self.path}/{action}", role, json=json, **options)

    def _step(self, action, **options):
        response = self._post(action, **options)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def test_from_started_to_delivered(self):
        """E6: each step has its status, and the stock leaves with the validation."""
        body = self._get_json(self.path, "viewer")
        self.assertEqual((body["status"], body["startedOn"]), ("pending", None))
        self.assertEqual(body["orderNumber"], self.order.name)
        self.assertEqual(body["carrier"], "Express")
        body = self._step("start")
        self.assertEqual(body["status"], "in_progress")
        self.assertTrue(body["startedOn"].endswith("Z"))
        self.assertEqual(self._step("complete")["status"], "completed")
        self.assertEqual(self.protected.qty_available, 8)
        body = self._step("ship", json={"trackingNumber": "PAR-77"})
        self.assertEqual(
            (body["status"], body["trackingNumber"]), ("shipped", "PAR-77")
        )
        self.assertEqual(body["trackingUrl"], "https://track.example.com/PAR-77")
        self.assertEqual(self._step("in-transit")["status"], "in_transit")
        body = self._step("fail", json={"reason": "Nobody there"})
        self.assertEqual(
            (body["status"], body["failureReason"]), ("failed", "Nobody there")
        )
        body = self._step("in-transit")
        self.assertEqual((body["status"], body["failureReason"]), ("in_transit", None))
        body = self._step("deliver")
        self.assertEqual(body["status"], "delivered")
        self.assertTrue(body["deliveredOn"])
        events = self.env["backorder.event"].search(
            [("order_id", "=", self.order.id), ("event_type", "=like", "fulfilment:%")]
        )
        self.assertEqual(len(events), 7)
        self.assertEqual(events.user_id, self.users["operator"])

    def test_only_legal_steps(self):
        """E6: a step out of turn is refused and changes nothing."""
        for action in ("complete", "ship", "in-transit", "deliver"):
            response = self._post(action)
            self._assert_problem(response, 400, "refused", self.delivery.name)
        self._assert_problem(self._post("fail"), 422, "validation")
        self.assertEqual(self.delivery.fulfilment_state, "pending")

    def test_ship_without_a_number(self):
        """E6: the number that the delivery has is kept."""
        self.delivery.carrier_tracking_ref = "OWN-1"
        self._step("start")
        self._step("complete")
        self.assertEqual(self._step("ship")["trackingNumber"], "OWN-1")

    def test_start_once(self):
        """E9: sent again with the same key, it is done once."""
        options = {"headers": {"Idempotency-Key": "start"}}
        first = self._step("start", **options)
        self.assertEqual(self._step("start", **options), first)
        self._assert_problem(self._post("start"), 400, "refused")

    def test_partly_picked(self):
        """E6: Odoo asks about the rest, so it is not validated here."""
        self._step("start")
        self.delivery.move_ids.quantity = 1
        response = self._post("complete")
        self._assert_problem(response, 400, "refused", "needs an answer first")
        self.assertEqual(self.delivery.state, "assigned")

    def test_list(self):
        """E6: by status and order; receipts are no shipments."""
        receipt = self._create_receipt(self.protected, 1)
        other = self._confirm((self.protected, 1)).picking_ids
        self._step("start")

        def find(**params):
            body = self._get_json("/shipments", "viewer", params=params)
            return [row["shipmentId"] for row in body["shipments"]]

        self.assertEqual(find(), (self.delivery | other).ids)
        self.assertEqual(find(status="in_progress"), self.delivery.ids)
        self.assertEqual(find(status=["pending", "shipped"]), other.ids)
        self.assertEqual(find(orderId=other.sale_id.id), other.ids)
        page = self._get_json("/shipments", "viewer", params={"limit": 1})
        self.assertEqual(find(cursor=page["nextCursor"]), other.ids)
        pickings = receipt if receipt._name == "stock.picking" else receipt.picking_id
        response = self._call("GET", f"/shipments/{pickings.id}")
        self._assert_problem(response, 404, "not-found", "Shipment not found")

    def test_delivery_of_before_the_installation_is_left_out(self):
        """E6: it has no fulfilment status, and the list is answered."""
        self.env.cr.execute(
            "UPDATE stock_picking SET fulfilment_state = NULL WHERE id = %s",
            [self.delivery.id],
        )
        self.env.invalidate_all()
        found = self._get_json("/shipments", "viewer")["shipments"]
        self.assertNotIn(self.delivery.id, [row["shipmentId"] for row in found])
        self.assertEqual(self._call("GET", self.path, "viewer").status_code, 404)

    def test_number_of_queries(self):
        """E9: more shipments need less than one more query each."""

        def list_shipments(env):
            env["backorder.api.shipment"]._list_shipments(None, None, 200)

        few = self._count_queries("viewer", list_shipments)
        for _number in range(5):
            self._confirm((self.protected, 1), carrier_id=self.freight.id)
        self.assertLess(self._count_queries("viewer", list_shipments), few + 5)

    def test_who_may_take_steps(self):
        """C10: operators and inventory users; others look."""
        for role in ("viewer", "sales"):
            for action, json in (
                ("start", None),
                ("complete", None),
                ("ship", None),
                ("in-transit", None),
                ("deliver", None),
                ("fail", {"reason": "x"}),
            ):
                response = self._post(action, role, json=json)
                self.assertIn(response.status_code, (403, 404), (role, action))
        self.assertEqual(self.delivery.fulfilment_state, "pending")

    def test_another_company(self):
        """C10: it does not exist for a request of another company."""
        company = self.env["res.company"].create({"name": "Other Keepers"})
        self.users["manager"].company_ids += company
        response = self._post(
            "start", "manager", headers={"X-Company-Id": str(company.id)}
        )
        self._assert_problem(response, 404, "not-found")
