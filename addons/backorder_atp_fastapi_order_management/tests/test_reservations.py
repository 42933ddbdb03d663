# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon


@tagged("post_install", "-at_install")
class TestReservations(ApiCommon):
    """E5: reserving stock until an expiry; there are 5 on hand."""

    def _reserve(self, quantity=2, role="sales", headers=None, **values):
        json = {
            "sku": "PROTECTED",
            "warehouseId": self.warehouse.id,
            "quantity": quantity,
            "customerId": self.customer.id,
            **values,
        }
        return self._call("POST", "/reservations", role, json=json, headers=headers)

    def _create(self, *args, **values):
        response = self._reserve(*args, **values)
        self.assertEqual(response.status_code, 201, response.text)
        body = response.json()
        reservations = self.env["stock.soft.reservation"]
        return reservations.browse(body["reservationId"]), body

    def _post(self, reservation, action, role="sales", **json):
        path = f"/reservations/{reservation.id}/{action}"
        return self._call("POST", path, role, json=json)

    def _in_hours(self, hours):
        moment = fields.Datetime.now() + timedelta(hours=hours)
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

    # ------------------------------------------------------------------
    # Reserving
    # ------------------------------------------------------------------

    def test_reserve_for_a_customer(self):
        """E5: the quantity is no longer available to others."""
        expiry = self._in_hours(3)
        reservation, body = self._create(2, expiresAt=expiry, origin="Phone call")
        self.assertEqual(self._get(self.protected), 3)
        self.assertEqual(reservation.user_id, self.users["sales"])
        self.assertEqual(reservation.origin, "Phone call")
        self.assertEqual(body["expiresAt"], expiry)
        self.assertEqual((body["status"], body["remainingQuantity"]), ("active", 2))
        self.assertEqual(body["customerId"], self.customer.id)
        self.assertEqual(body["reference"], reservation.name)
        self.assertEqual(
            self._get_json(f"/reservations/{reservation.id}", "sales"), body
        )

    def test_default_expiry(self):
        """E5: without an expiry the company's duration applies."""
        self.company.soft_reservation_duration = 5
        reservation, _body = self._create(1)
        expected = fields.Datetime.now() + timedelta(hours=5)
        self.assertLess(abs(reservation.expiry_date - expected), timedelta(minutes=2))

    def test_more_than_there_is(self):
        """E5: nothing is reserved; the item has the shortage."""
        self._create(2)
        response = self._reserve(4)
        body = self._assert_problem(
            response, 422, "insufficient-inventory", "not enough stock to reserve"
        )
        [item] = body["unavailableItems"]
        self.assertEqual(
            (item["sku"], item["required"], item["available"], item["shortfall"]),
            ("PROTECTED", 4, 3, 1),
        )
        self.assertEqual(self._get(self.protected), 3)

    def test_reserve_once(self):
        """E9: sent again with the same key, it is reserved once."""
        headers = {"Idempotency-Key": "reserve"}
        first = self._reserve(2, headers=headers)
        second = self._reserve(2, headers=headers)
        self.assertEqual(first.json(), second.json())
        self.assertEqual(second.headers["Idempotent-Replayed"], "true")
        self.assertEqual(self._get(self.protected), 3)

    def test_invalid_requests(self):
        """E5, C12: what does not exist, or is impossible."""
        for values, status, kind in (
            ({"sku": "Nothing"}, 404, "not-found"),
            ({"warehouseId": 2**31 - 1}, 404, "not-found"),
            ({"customerId": 2**31 - 1}, 404, "not-found"),
            ({"orderId": 2**31 - 1}, 404, "not-found"),
            ({"quantity": 0}, 422, "validation"),
            ({"productId": self.protected.id}, 422, "validation"),
            ({"expiresAt": self._in_hours(-1)}, 422, "validation"),
            ({"expiresAt": "2026-11-24T17:00:00"}, 422, "validation"),
            ({"expiresAt": "2199-01-01T00:00:00Z"}, 422, "validation"),
        ):
            with self.subTest(values):
                self._assert_problem(self._reserve(**values), status, kind)
        self.assertEqual(self._get(self.protected), 5)

    def test_quotation_takes_its_reservation(self):
        """E5: a reservation becomes an order when its quotation is confirmed."""
        order = self._create_posted((self.protected, 4), confirm=False)
        response = self._call("POST", f"/orders/{order.id}/reserve", "sales")
        self.assertEqual(response.status_code, 200, response.text)
        [body] = response.json()["reservations"]
        self.assertEqual((body["orderId"], body["quantity"]), (order.id, 4))
        self.assertEqual(self._get(self.protected), 1)
        self._assert_problem(
            self._post_order((self.protected, 2)), 422, "insufficient-inventory"
        )
        response = self._call("POST", f"/orders/{order.id}/approve", "sales")
        self.assertEqual(response.json()["status"], "ALLOCATED")
        body = self._get_json(f"/reservations/{body['reservationId']}", "sales")
        self.assertEqual((body["status"], body["consumedQuantity"]), ("consumed", 4))

    def test_quotation_that_is_short(self):
        """E5: all or nothing, unless a part is enough."""
        order = self._create_posted((self.protected, 7), confirm=False)
        path = f"/orders/{order.id}/reserve"
        body = self._assert_problem(
            self._call("POST", path, "sales"), 422, "insufficient-inventory"
        )
        [item] = body["unavailableItems"]
        self.assertEqual((item["required"], item["shortfall"]), (7, 2))
        self.assertFalse(order.soft_reservation_ids)
        expiry = self._in_hours(3)
        json = {"allowPartial": True, "expiresAt": expiry}
        [body] = self._call("POST", path, "sales", json=json).json()["reservations"]
        self.assertEqual((body["quantity"], body["expiresAt"]), (5, expiry))

    def test_order_that_is_confirmed(self):
        """E5: only quotations reserve softly."""
        order = self._confirm((self.protected, 2))
        response = self._call("POST", f"/orders/{order.id}/reserve", "sales")
        self._assert_problem(response, 400, "refused", "is not a quotation")

    # ------------------------------------------------------------------
    # Changing
    # ------------------------------------------------------------------

    def test_extend(self):
        """E5: it expires later, as far as the company allows."""
        reservation, _body = self._create(2, expiresAt=self._in_hours(2))
        expiry = self._in_hours(4)
        body = self._post(reservation, "extend", expiresAt=expiry).json()
        self.assertEqual(body["expiresAt"], expiry)
        response = self._post(reservation, "extend", expiresAt="2199-01-01T00:00:00Z")
        self._assert_problem(response, 422, "validation", "hours at most")
        self._assert_problem(self._post(reservation, "extend"), 422, "validation")

    def test_release(self):
        """E5: the stock is available again, with the reason."""
        reservation, _body = self._create(2)
        body = self._post(reservation, "release", reason="Changed their mind").json()
        self.assertEqual(body["status"], "released")
        self.assertEqual(body["reason"], "Changed their mind")
        self.assertEqual(body["remainingQuantity"], 0)
        self.assertEqual(self._get(self.protected), 5)
        response = self._post(reservation, "release", reason="Again")
        self._assert_problem(response, 400, "refused")

    # ------------------------------------------------------------------
    # Listing
    # ------------------------------------------------------------------

    def test_list(self):
        """E5: the active ones, unless a status is requested."""
        other = self.env["res.partner"].create({"name": "Other"})
        first, _body = self._create(1)
        second, _body = self._create(1, customerId=other.id)
        released, _body = self._create(1)
        self._post(released, "release", reason="x")
        expired, _body = self._create(1)
        expired.flush_recordset()
        self.env.cr.execute(
            "UPDATE stock_soft_reservation"
            " SET expiry_date = (now() AT TIME ZONE 'UTC') - interval '1 hour'"
            " WHERE id = %s",
            [expired.id],
        )
        self.env.invalidate_all()

        def find(**params):
            body = self._get_json("/reservations", "viewer", params=params)
            return [row["reservationId"] for row in body["reservations"]]

        self.assertEqual(find(), (first | second).ids)
        self.assertEqual(find(status="released"), released.ids)
        self.assertEqual(find(status="expired"), expired.ids)
        self.assertEqual(
            find(status=["active", "expired"]), (first | second | expired).ids
        )
        self.assertEqual(find(customerId=other.id), second.ids)
        self.assertEqual(find(productId=self.backorderable.id), [])
        page = self._get_json("/reservations", "viewer", params={"limit": 1})
        self.assertEqual(find(cursor=page["nextCursor"]), second.ids)
        body = self._get_json(f"/reservations/{expired.id}", "viewer")
        self.assertEqual(body["status"], "expired")

    def test_number_of_queries(self):
        """E9: more soft reservations need less than one more query each."""
        filters = dict.fromkeys(("status", "customer_id", "order_id", "product_id"))

        def list_reservations(env):
            env["backorder.api.reservation"]._list_reservations(filters, 200)

        self._create(1)
        few = self._count_queries("sales", list_reservations)
        for number in range(5):
            product = self._create_product(f"P{number}", default_code=f"P{number}")
            self._set_stock(product, 3)
            self._create(1, sku=f"P{number}")
        self.assertLess(self._count_queries("sales", list_reservations), few + 5)

    # ------------------------------------------------------------------
    # Permissions
    # ------------------------------------------------------------------

    def test_who_may_reserve(self):
        """C10: sales and operators; others read."""
        self._assert_problem(self._reserve(1, "viewer"), 403, "forbidden")
        reservation, _body = self._create(1, "operator")
        for action, json in (
            ("release", {"reason": "x"}),
            ("extend", {"expiresAt": self._in_hours(3)}),
        ):
            response = self._post(reservation, action, "viewer", **json)
            self._assert_problem(response, 403, "forbidden")

    def test_another_company(self):
        """C10: it does not exist for a request of another company."""
        reservation, _body = self._create(1)
        company = self.env["res.company"].create({"name": "Other Keepers"})
        self.users["manager"].company_ids += company
        response = self._call(
            "GET",
            f"/reservations/{reservation.id}",
            "manager",
            headers={"X-Company-Id": str(company.id)},
        )
        self._assert_problem(response, 404, "not-found", "Soft reservation not found")
