# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestAllocation(ApiCommon):
    def _post(self, order, action, role="operator", json=None):
        return self._call("POST", f"/orders/{order.id}/{action}", role, json=json)

    # ------------------------------------------------------------------
    # One order
    # ------------------------------------------------------------------

    def test_allocate(self):
        """C6: stock that has arrived is allocated to the order."""
        order = self._confirm((self.backorderable, 3))
        body = self._post(order, "allocate", json={"allowPartial": True}).json()
        self.assertEqual(body["status"], "BACKORDERED")
        self.assertIn("Short of", body["message"])
        self.assertEqual(body["unavailableItems"][0]["shortfall"], 3)
        self._force_stock(self.backorderable, 2)
        body = self._post(order, "allocate").json()
        self.assertEqual(body["status"], "PARTIALLY_ALLOCATED")
        self.assertEqual(body["result"], "success")
        [item] = body["allocatedItems"]
        self.assertEqual((item["sku"], item["quantity"]), ("LATER", 2))
        self._force_stock(self.backorderable, 2)
        body = self._post(order, "allocate").json()
        self.assertEqual((body["status"], body["unavailableItems"]), ("ALLOCATED", []))

    def test_all_or_nothing(self):
        """C6: without partial allocation an order gets all or nothing."""
        order = self._confirm((self.backorderable, 3))
        self._force_stock(self.backorderable, 2)
        body = self._post(order, "allocate", json={"allowPartial": False}).json()
        self.assertEqual(body["status"], "BACKORDERED")
        self.assertEqual(body["lines"][0]["quantityAllocated"], 0)
        self.assertEqual(len(self._get_events("order:retry", order_id=order)), 1)
        self._force_stock(self.backorderable, 2)
        body = self._post(order, "allocate", json={"allowPartial": False}).json()
        self.assertEqual(body["status"], "ALLOCATED")

    def test_allocate_unconfirmed_order(self):
        """C6: the message has the state as the reason."""
        order = self._create_order((self.protected, 1))
        response = self._post(order, "allocate")
        self._assert_problem(response, 400, "refused", "only confirmed orders can")

    def test_who_may_allocate(self):
        """C10: operators and above."""
        order = self._confirm((self.backorderable, 3))
        for role in ("viewer", "sales"):
            self._assert_problem(self._post(order, "allocate", role), 403, "forbidden")
        for role in ("operator", "manager", "finance", "admin"):
            self.assertEqual(self._post(order, "allocate", role).status_code, 200)

    # ------------------------------------------------------------------
    # Many
    # ------------------------------------------------------------------

    def _batch(self, order_ids, role="operator", **values):
        return self._call(
            "POST",
            "/orders/allocate-batch",
            role,
            json={"orderIds": order_ids, **values},
        )

    def test_batch(self):
        """C6: each order separately; the counts agree."""
        first = self._confirm((self.backorderable, 2))
        second = self._confirm((self.backorderable, 2))
        draft = self._create_order((self.backorderable, 1))
        self._force_stock(self.backorderable, 2)
        ids = [second.id, draft.id, 2**31 - 1, first.id]
        body = self._batch(ids, allowPartial=True).json()
        self.assertEqual(
            body["message"],
            "Batch complete: 1 fulfilled, 1 still backordered, 2 failed",
        )
        results = {row["orderId"]: row for row in body["results"]}
        self.assertEqual(results[first.id]["result"], "fulfilled")
        self.assertEqual(results[first.id]["status"], "ALLOCATED")
        self.assertEqual(results[second.id]["result"], "backordered")
        self.assertIn("Short of", results[second.id]["reason"])
        self.assertIn("only confirmed", results[draft.id]["reason"])
        self.assertIn("Order not found", results[2**31 - 1]["reason"])
        self.assertEqual(body["processed"], 4)

    def test_batch_bounds(self):
        """C6, E9: an empty list, too many orders, or duplicates are refused."""
        for ids in ([], list(range(1, 102)), [1, 1], [0], ["1"]):
            self._assert_problem(self._batch(ids), 422, "validation")

    def test_who_may_allocate_many(self):
        """C10: operators and above."""
        order = self._confirm((self.backorderable, 3))
        for role in ("viewer", "sales"):
            self._assert_problem(self._batch(order.ids, role), 403, "forbidden")

    # ------------------------------------------------------------------
    # Splitting
    # ------------------------------------------------------------------

    def _confirm_partly(self):
        self._set_stock(self.backorderable, 4)
        return self._confirm((self.protected, 3), (self.backorderable, 10))

    def test_split(self):
        """C7: the names of the response are in camelCase."""
        order = self._confirm_partly()
        response = self._post(order, "split-backorder", json={"customerAgreed": True})
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        child = order.backorder_child_ids
        self.assertEqual(
            {name: body[name] for name in body if not name.endswith("Items")},
            {
                "originalOrderId": order.id,
                "originalOrderNumber": order.name,
                "originalStatus": "ALLOCATED",
                "backorderOrderId": child.id,
                "backorderOrderNumber": child.name,
            },
        )
        self.assertEqual([item["quantity"] for item in body["shippableItems"]], [3, 4])
        [item] = body["backorderedItems"]
        self.assertEqual((item["sku"], item["quantity"]), ("LATER", 6))
        child = self._get_json(f"/orders/{child.id}", "viewer")
        self.assertEqual(child["originalOrderId"], order.id)

    def test_split_of_another_state(self):
        """C7: the message has the status and the allowed ones."""
        order = self._confirm((self.protected, 3))
        response = self._post(order, "split-backorder", json={"customerAgreed": True})
        self._assert_problem(
            response,
            400,
            "refused",
            f"Order {order.name} cannot be split (status: ALLOCATED). Only"
            " PARTIALLY_ALLOCATED or BACKORDERED orders can be split.",
        )

    def test_split_needs_the_customer(self):
        """C7: a split needs the agreement of the customer."""
        order = self._confirm_partly()
        for json, status in (({"customerAgreed": False}, 400), ({}, 422), (None, 422)):
            response = self._post(order, "split-backorder", json=json)
            self.assertEqual(response.status_code, status, response.text)
        self.assertFalse(order.backorder_child_ids)

    def test_who_may_split(self):
        """C10: operators and above."""
        order = self._confirm_partly()
        for role in ("viewer", "sales"):
            response = self._post(
                order, "split-backorder", role, json={"customerAgreed": True}
            )
            self._assert_problem(response, 403, "forbidden")
