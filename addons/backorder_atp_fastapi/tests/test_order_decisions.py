# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import ApiCommon

REASON = {"reason": "The customer asked"}


@tagged("post_install", "-at_install")
class TestOrderDecisions(ApiCommon):
    def _post(self, order, action, role="operator", json=None, **options):
        return self._call(
            "POST", f"/orders/{order.id}/{action}", role, json=json, **options
        )

    def _post_well(self, *args, **options):
        response = self._post(*args, **options)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def _assert_roles(self, order, action, roles):
        """Check that none but ``roles`` may do it; each is answered by a refusal."""
        for role in self.users:
            status = self._post(order, action, role, json=REASON).status_code
            self.assertEqual(status == 403, role not in roles, (role, status))

    # ------------------------------------------------------------------
    # Cancelling
    # ------------------------------------------------------------------

    def test_cancel_releases_the_stock(self):
        """E5, B3: a cancelled order has no stock, and others can be promised it."""
        order = self._confirm((self.protected, 3))
        self.assertEqual(self._get(self.protected), 2)
        body = self._post_well(order, "cancel", "sales")
        self.assertEqual(body["status"], "CANCELLED")
        self.assertEqual(body["lines"][0]["quantityAllocated"], 0)
        self.assertEqual(self._get(self.protected), 5)

    def test_cancel_twice(self):
        """E9: cancelling again changes nothing and is no error."""
        order = self._confirm((self.protected, 3))
        self._post_well(order, "cancel", "sales")
        domain = [("order_id", "=", order.id)]
        count = self.env["backorder.event"].search_count(domain)
        self.assertEqual(
            self._post_well(order, "cancel", "sales")["status"], "CANCELLED"
        )
        self.assertEqual(self.env["backorder.event"].search_count(domain), count)

    def test_cancel_withdraws_the_request(self):
        """E5, B4: a cancelled order requests no approval anymore."""
        self.company.shortage_policy = "pending"
        order = self._create_posted((self.protected, 7))
        body = self._post_well(order, "cancel", "sales")
        self.assertEqual((body["status"], body["pendingApprovals"]), ("CANCELLED", []))

    def test_cancel_locked_order(self):
        """E5: the message is that of Odoo."""
        order = self._confirm((self.protected, 3))
        order.locked = True
        response = self._post(order, "cancel", "sales")
        self._assert_problem(response, 400, "refused", "locked")
        self.assertEqual(order.state, "sale")

    def test_who_may_cancel(self):
        """C10: those who may change the order."""
        order = self._confirm((self.protected, 3))
        response = self._post(order, "cancel", "viewer")
        self._assert_problem(response, 403, "forbidden")
        self.assertEqual(order.state, "sale")

    # ------------------------------------------------------------------
    # Hold
    # ------------------------------------------------------------------

    def test_hold_and_release(self):
        """C4: as with the buttons, with the reason in the log."""
        order = self._confirm((self.backorderable, 3))
        body = self._post_well(order, "hold", json=REASON)
        self.assertEqual(
            (body["status"], body["holdReason"]), ("ON_HOLD", REASON["reason"])
        )
        [event] = self._get_events("order:on_hold", order_id=order)
        self.assertEqual(event.reason, REASON["reason"])
        self.assertEqual(event.user_id, self.users["operator"])
        self._assert_problem(
            self._post(order, "hold", json=REASON), 400, "refused", order.name
        )
        body = self._post_well(order, "release", json={"reason": "Confirmed by phone"})
        self.assertEqual((body["status"], body["holdReason"]), ("BACKORDERED", None))
        [event] = self._get_events("order:hold_released", order_id=order)
        self.assertEqual(event.reason, "Confirmed by phone")
        response = self._post(order, "release", json=REASON)
        self._assert_problem(response, 400, "refused", "Not on hold")

    def test_hold_once(self):
        """E9: sent again with the same key, it is held once."""
        order = self._confirm((self.backorderable, 3))
        options = {"json": REASON, "headers": {"Idempotency-Key": "hold"}}
        first = self._post_well(order, "hold", **options)
        order.action_release_hold("Meanwhile")
        self.assertEqual(self._post_well(order, "hold", **options), first)
        self.assertFalse(order.hold_since)

    def test_hold_of_allocated_order(self):
        """C4: only backordered orders can be held."""
        order = self._confirm((self.protected, 3))
        response = self._post(order, "hold", json=REASON)
        self._assert_problem(response, 400, "refused", "Only backordered orders")

    def test_reason_is_required(self):
        """C4: for each of them, and it has a content."""
        order = self._confirm((self.backorderable, 3))
        for action in ("hold", "release", "reject", "withdraw"):
            for json in ({}, {"reason": ""}, {"reason": None}, {"why": "x"}, None):
                response = self._post(order, action, "manager", json=json)
                self._assert_problem(response, 422, "validation")
        self._assert_problem(
            self._post(order, "hold", json={"reason": "  "}), 400, "refused", "reason"
        )

    def test_who_may_hold(self):
        """C10: operators and above."""
        order = self._confirm((self.protected, 3))
        operators = {"operator", "manager", "finance", "admin"}
        self._assert_roles(order, "hold", operators)
        self._assert_roles(order, "release", operators)

    # ------------------------------------------------------------------
    # Requests
    # ------------------------------------------------------------------

    def _request(self):
        self.company.shortage_policy = "pending"
        return self._create_posted((self.protected, 7))

    def test_reject(self):
        """B5: a rejected order stays a draft, and its stock is released."""
        order = self._request()
        self.assertEqual(self._get(self.protected), -2)
        body = self._post_well(order, "reject", "manager", json=REASON)
        self.assertEqual((body["status"], body["pendingApprovals"]), ("DRAFT", []))
        self.assertEqual(self._get(self.protected), 5)
        self.assertEqual(order.override_ids.state, "rejected")
        self.assertEqual(order.override_ids.reason, REASON["reason"])
        response = self._post(order, "reject", "manager", json=REASON)
        self._assert_problem(response, 400, "refused", "no pending approval")

    def test_withdraw(self):
        """B5: the requester withdraws."""
        order = self._request()
        body = self._post_well(order, "withdraw", "sales", json=REASON)
        self.assertEqual((body["status"], body["pendingApprovals"]), ("DRAFT", []))
        self.assertEqual(order.override_ids.state, "withdrawn")

    def test_who_may_reject(self):
        """C10, B5: inventory managers and above; others do not withdraw either."""
        order = self._request()
        for role in ("sales", "viewer", "operator"):
            response = self._post(order, "reject", role, json=REASON)
            self._assert_problem(response, 403, "forbidden")
        response = self._post(order, "withdraw", "operator", json=REASON)
        self._assert_problem(response, 403, "forbidden")
        self.assertEqual(order.override_ids.state, "pending")

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    def test_merge(self):
        """C7: what was split off is merged back; the answer is the original order."""
        self._set_stock(self.backorderable, 4)
        order = self._confirm((self.backorderable, 10))
        self._post_well(order, "split-backorder", json={"customerAgreed": True})
        child = order.backorder_child_ids
        body = self._post_well(child, "merge-backorder")
        self.assertEqual(body["orderId"], order.id)
        self.assertEqual(sum(line["quantity"] for line in body["lines"]), 10)
        self.assertEqual(child.state, "cancel")
        response = self._post(child, "merge-backorder")
        self._assert_problem(response, 400, "refused", "cannot be merged back")

    def test_who_may_merge(self):
        """C10: operators and above."""
        order = self._confirm((self.backorderable, 3))
        for role in ("viewer", "sales"):
            response = self._post(order, "merge-backorder", role)
            self._assert_problem(response, 403, "forbidden")

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def test_order_of_another_company(self):
        """C10: it does not exist for a request of this company."""
        order = self._confirm((self.backorderable, 3))
        company = self.env["res.company"].create({"name": "Other Keepers"})
        self.users["manager"].company_ids += company
        for action in ("cancel", "hold", "release", "reject", "withdraw"):
            response = self._post(
                order,
                action,
                "manager",
                json=REASON,
                headers={"X-Company-Id": str(company.id)},
            )
            self._assert_problem(response, 404, "not-found")
        self.assertEqual(order.backorder_state, "backordered")
