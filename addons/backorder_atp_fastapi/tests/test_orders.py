# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from json import dumps
from unittest.mock import patch

from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from .common import ApiCommon

PENDING = "pending_approval"


@tagged("post_install", "-at_install")
class TestOrders(ApiCommon):
    # ------------------------------------------------------------------
    # Creating
    # ------------------------------------------------------------------

    def test_create_and_confirm(self):
        """E5: an order that fits is confirmed and allocated."""
        response = self._post_order(
            (self.protected, 3),
            customerReference="PO 12",
            requestedDate="2031-05-06",
            priority="high",
            allowPartial=False,
        )
        self.assertEqual(response.status_code, 201, response.text)
        body = response.json()
        order = self.env["sale.order"].browse(body["orderId"])
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.company_id, self.company)
        self.assertEqual(order.user_id, self.users["sales"])
        self.assertEqual(order.commitment_date.date().isoformat(), "2031-05-06")
        self.assertEqual(order.picking_policy, "one")
        self.assertEqual(order.backorder_priority, "high")
        self.assertEqual(body["status"], "ALLOCATED")
        self.assertEqual(body["customerReference"], "PO 12")
        self.assertEqual(body["requestedDate"], "2031-05-06")
        self.assertEqual(body["result"], "success")
        self.assertEqual(body["unavailableItems"], [])
        self.assertEqual(
            body["allocatedItems"],
            [
                {
                    "lineId": order.order_line.id,
                    "productId": self.protected.id,
                    "sku": "PROTECTED",
                    "product": self.protected.display_name,
                    "warehouseId": self.warehouse.id,
                    "location": self.warehouse.lot_stock_id.complete_name,
                    "quantity": 3,
                }
            ],
        )
        self.assertEqual(body["lines"][0]["quantityAllocated"], 3)
        self.assertEqual(body["lines"][0]["sku"], "PROTECTED")

    def test_short_order_is_refused_whole(self):
        """E5, B3: the items have the shortage, and no order is created."""
        count = self.env["sale.order"].search_count([])
        response = self._post_order((self.protected, 7), (self.backorderable, 1))
        body = self._assert_problem(response, 422, "insufficient-inventory")
        self.assertEqual(body["title"], "Insufficient inventory for order fulfillment")
        [item] = body["unavailableItems"]
        self.assertEqual(
            (item["sku"], item["required"], item["available"], item["shortfall"]),
            ("PROTECTED", 7, 5, 2),
        )
        self.assertEqual(self.env["sale.order"].search_count([]), count)
        self.assertEqual(self._get(self.protected), 5)

    def test_short_order_needs_approval(self):
        """E5, B4: if the company allows approvals, it is created and committed."""
        self.company.shortage_policy = "pending"
        response = self._post_order((self.protected, 7))
        self.assertEqual(response.status_code, 201, response.text)
        body = response.json()
        self.assertEqual(body["status"], "PENDING_APPROVAL")
        self.assertEqual((body["result"], body["allocatedItems"]), (PENDING, []))
        self.assertTrue(body["requiresInventoryOverride"])
        self.assertEqual(body["unavailableItems"][0]["shortfall"], 2)
        self.assertEqual(body["pendingApprovals"][0]["kind"], "order")
        self.assertEqual(self._get(self.protected), -2)

    def test_backorder_is_confirmed(self):
        """E5, C1: an order with backorders is confirmed with its shortage."""
        body = self._post_order((self.backorderable, 3)).json()
        self.assertEqual((body["status"], body["result"]), ("BACKORDERED", "success"))
        self.assertEqual(body["allocatedItems"], [])
        self.assertEqual(body["unavailableItems"][0]["shortfall"], 3)
        self.assertEqual(body["shortfall"], 3)

    def test_draft(self):
        """E5: a draft has the result of its confirmation as a preview."""
        body = self._post_order((self.protected, 7), confirm=False).json()
        self.assertEqual(body["status"], "DRAFT")
        self.assertEqual(body["result"], "insufficient_inventory")
        self.assertEqual(body["allocatedItems"], [])
        self.assertEqual(body["unavailableItems"][0]["shortfall"], 2)
        self.assertEqual(self._get(self.protected), 5)

    def test_sku_and_price(self):
        """E5: a line may have a reference or barcode, and a price."""
        self.protected.barcode = "4006381333931"
        for sku in ("PROTECTED", "4006381333931"):
            line = {
                "sku": sku,
                "quantity": 1,
                "unitPrice": 12.5,
                "description": "As requested",
            }
            body = self._post_order(lines=[line]).json()
            [line] = body["lines"]
            self.assertEqual(line["productId"], self.protected.id)
            self.assertEqual((line["unitPrice"], line["subtotal"]), (12.5, 12.5))

    def test_unknown_sku(self):
        """C12, E5: refused, or kept with the order, which is on hold."""
        lines = [{"sku": "NEVER-HEARD", "quantity": 2}]
        response = self._post_order(lines=lines)
        self._assert_problem(response, 404, "not-found", "NEVER-HEARD")
        response = self._post_order(lines=lines, keepUnmatched=True)
        self.assertEqual(response.status_code, 201, response.text)
        body = response.json()
        self.assertEqual(body["status"], "ON_HOLD")
        self.assertEqual(
            body["unmatchedItems"], [{"reference": "NEVER-HEARD", "quantity": 2}]
        )
        self.assertIn("NEVER-HEARD", body["holdReason"])

    def test_missing_records(self):
        """E5: each missing record is reported."""
        other = self.env["stock.warehouse"].search(
            [("company_id", "!=", self.company.id)], limit=1
        )
        for values, text in (
            ({"customerId": 2**31 - 1}, "Customer not found"),
            ({"warehouseId": other.id}, "Warehouse not found"),
            ({"lines": [{"productId": 2**31 - 1, "quantity": 1}]}, "Part not found"),
        ):
            response = self._post_order((self.protected, 1), **values)
            self._assert_problem(response, 404, "not-found", text)

    def test_values_out_of_bounds(self):
        """E9: strict types and bounds; the response has the field."""
        good = {"productId": self.protected.id, "quantity": 1}
        for values, location in (
            ({"lines": []}, "body.lines"),
            ({"lines": [{**good, "quantity": 0}]}, "body.lines.0.quantity"),
            ({"lines": [{**good, "quantity": -1}]}, "body.lines.0.quantity"),
            ({"lines": [{**good, "quantity": "1"}]}, "body.lines.0.quantity"),
            ({"lines": [{**good, "quantity": 1e300}]}, "body.lines.0.quantity"),
            ({"lines": [{**good, "productId": 2**31}]}, "body.lines.0.productId"),
            ({"lines": [{**good, "sku": "x"}]}, "body.lines.0"),
            ({"lines": [{"quantity": 1}]}, "body.lines.0"),
            ({"lines": [good] * 201}, "body.lines"),
            ({"customerId": True}, "body.customerId"),
            ({"customerReference": "a\x00b"}, "body.customerReference"),
            ({"requestedDate": "soon"}, "body.requestedDate"),
            ({"requestedDate": 0}, "body.requestedDate"),
            ({"requestedDate": "9999-12-31"}, "body.requestedDate"),
            ({"priority": "asap"}, "body.priority"),
            ({"confirm": "yes"}, "body.confirm"),
            ({"surprise": 1}, "body.surprise"),
            ({"warehouseId": None}, "body"),
        ):
            response = self._post_order((self.protected, 1), **values)
            body = self._assert_problem(response, 422, "validation")
            self.assertIn(location, [error["location"] for error in body["errors"]])

    def test_no_numbers(self):
        """E9: NaN and infinity are refused."""
        for value in ("NaN", "Infinity", "-Infinity", "1e999"):
            body = (
                '{"customerId": %d, "lines": [{"productId": %d, "quantity": %s}]}'
                % (self.customer.id, self.protected.id, value)
            )
            response = self._call(
                "POST",
                "/orders",
                "sales",
                data=body,
                headers={"Content-Type": "application/json", "Idempotency-Key": value},
            )
            self._assert_problem(response, 422, "validation")

    def test_broken_body(self):
        """E9: an invalid or too large body is refused."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": "broken"}
        for data, statuses in (
            ("{", (422,)),
            ("[" * 100_000, (400, 422)),
            ('{"x": "%s"}' % ("y" * 2_000_000), (413,)),
            (b"\xff\xfe", (400, 422)),
        ):
            response = self._call(
                "POST", "/orders", "sales", data=data, headers=headers
            )
            self.assertIn(response.status_code, statuses, data[:20])
            self.assertIn("problem+json", response.headers["Content-Type"])

    def test_body_of_another_kind(self):
        """E9: a body that is not declared as JSON is refused."""
        data = dumps(self._prepare_body((self.protected, 1)))
        for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
            response = self._call(
                "POST",
                "/orders",
                "sales",
                data=data,
                headers={"Content-Type": media_type, "Idempotency-Key": "kind"},
            )
            self._assert_problem(response, 415, "unsupported-media-type", "as JSON")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": "kind",
        }
        response = self._call("POST", "/orders", "sales", data=data, headers=headers)
        self.assertEqual(response.status_code, 201, response.text)

    def test_refused_with_a_way_out(self):
        """E9: a redirect warning is returned as a message."""
        error = RedirectWarning("Set it up first.", 1, "Go there")
        with patch.object(
            self.registry["sale.order"], "process_promise", side_effect=error
        ):
            response = self._post_order((self.protected, 1))
        self._assert_problem(response, 400, "refused", "Set it up first.")

    def test_too_small_a_quantity(self):
        """E5: a quantity below the rounding is refused."""
        response = self._post_order((self.protected, 0.0000001))
        self._assert_problem(response, 422, "validation", "below the rounding")

    def test_not_for_sale(self):
        """E5: a product that is not for sale is refused."""
        self.protected.sale_ok = False
        response = self._post_order((self.protected, 1))
        self._assert_problem(response, 422, "validation", "not for sale")

    def test_who_may_create(self):
        """B5, C10: sales or higher; other users are refused."""
        for role in ("viewer", "operator"):
            response = self._post_order((self.protected, 1), role=role)
            self._assert_problem(response, 403, "forbidden")
        for role in ("sales", "manager", "finance", "admin"):
            order = self._create_posted((self.protected, 1), role=role)
            self.assertEqual(order.create_uid, self.users[role])

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def test_read(self):
        """E5: an order, for users who can read it."""
        order = self._confirm((self.protected, 1))
        for role in self.keys:
            body = self._get_json(f"/orders/{order.id}", role)
            self.assertEqual(body["orderNumber"], order.name)
            self.assertEqual(body["status"], "ALLOCATED")

    def test_not_found(self):
        """E5: a missing or unreadable order is not found."""
        foreign = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.env.ref("base.main_company").id,
            }
        )
        for order_id in (foreign.id, 2**31 - 1):
            for method, path, json in (
                ("GET", "", None),
                ("PUT", "", {}),
                ("POST", "/approve", {}),
                ("POST", "/allocate", {}),
                ("POST", "/split-backorder", {"customerAgreed": True}),
            ):
                response = self._call(method, f"/orders/{order_id}{path}", json=json)
                self._assert_problem(
                    response, 404, "not-found", f"Order not found: {order_id}"
                )
        for order_id in (0, 2**31):
            response = self._call("GET", f"/orders/{order_id}")
            self._assert_problem(response, 422, "validation")
        self._assert_problem(self._call("GET", "/orders/abc"), 404, "not-found")

    def test_own_orders_only(self):
        """C10: salespersons limited to their own documents see no others."""
        user = self._create_user("own", "sales_team.group_sale_salesman")
        headers = {"X-Api-Key": self._create_key(user)}
        order = self._confirm((self.protected, 1), user_id=self.users["sales"].id)
        response = self._call("GET", f"/orders/{order.id}", None, headers=headers)
        self._assert_problem(response, 404, "not-found")

    # ------------------------------------------------------------------
    # Changing
    # ------------------------------------------------------------------

    def _put(self, order, role="sales", **values):
        return self._call("PUT", f"/orders/{order.id}", role, json=values)

    def test_change_a_draft(self):
        """E5: only the given values are changed."""
        order = self._create_posted((self.protected, 1), confirm=False)
        response = self._put(
            order,
            customerReference="PO 13",
            lines=[
                {"sku": "PROTECTED", "quantity": 2},
                {"productId": self.backorderable.id, "quantity": 4, "unitPrice": 3},
            ],
        )
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(order.client_order_ref, "PO 13")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 4])
        again = self._put(order, lines=[{"sku": "LATER", "quantity": 4}])
        self.assertEqual(again.status_code, 200)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 4])
        line = order.order_line[0]
        self._put(order, lines=[{"lineId": line.id, "quantity": 0}])
        self.assertEqual(order.order_line.product_id, self.backorderable)

    def test_increase_is_checked(self):
        """B3: an increase is checked, a decrease is released."""
        order = self._create_posted((self.protected, 3))
        line = {"sku": "PROTECTED", "quantity": 9}
        response = self._put(order, lines=[line])
        body = self._assert_problem(response, 422, "insufficient-inventory")
        self.assertEqual(body["unavailableItems"][0]["shortfall"], 4)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        response = self._put(order, lines=[{"sku": "PROTECTED", "quantity": 5}])
        self.assertEqual(response.json()["status"], "ALLOCATED")
        self._put(order, lines=[{"sku": "PROTECTED", "quantity": 1}])
        self.assertEqual(self._get(self.protected), 4)
        self._put(order, lines=[{"sku": "PROTECTED", "quantity": 0}])
        self.assertEqual(order.order_line.product_uom_qty, 0)
        self.assertEqual(self._get(self.protected), 5)

    def test_new_line_is_checked(self):
        """B3: an added short line is in the items, and not created."""
        order = self._create_posted((self.backorderable, 1))
        response = self._put(order, lines=[{"sku": "PROTECTED", "quantity": 9}])
        body = self._assert_problem(response, 422, "insufficient-inventory")
        self.assertEqual(body["unavailableItems"][0]["sku"], "PROTECTED")
        self.assertEqual(order.order_line.product_id, self.backorderable)

    def test_increase_needs_approval(self):
        """B3, B4: the old quantity is kept until the approval."""
        self.company.shortage_policy = "pending"
        order = self._create_posted((self.protected, 3))
        body = self._put(order, lines=[{"sku": "PROTECTED", "quantity": 9}]).json()
        self.assertEqual(body["lines"][0]["quantity"], 3)
        self.assertEqual(body["pendingApprovals"][0]["kind"], "increase")
        self.assertEqual(body["result"], PENDING)
        self.assertEqual(body["allocatedItems"][0]["quantity"], 3)
        self.assertEqual(body["unavailableItems"][0]["shortfall"], 4)
        self.assertIn("keeps its current quantities", body["message"])
        response = self._call("POST", f"/orders/{order.id}/approve", "manager")
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(order.order_line.product_uom_qty, 9)

    def test_which_line(self):
        """E5: a line must exist and be unambiguous."""
        order = self._create_posted(
            (self.protected, 1), (self.protected, 1), confirm=False
        )
        line = order.order_line[0]
        response = self._put(order, lines=[{"sku": "PROTECTED", "quantity": 2}])
        self._assert_problem(response, 409, "ambiguous", "lineId")
        response = self._put(order, lines=[{"lineId": 2**31 - 1, "quantity": 2}])
        self._assert_problem(response, 404, "not-found", "Line not found")
        response = self._put(order, lines=[{"sku": "NEVER-HEARD", "quantity": 2}])
        self._assert_problem(response, 404, "not-found", "NEVER-HEARD")
        response = self._put(order, lines=[{"lineId": line.id, "quantity": 2}] * 2)
        self._assert_problem(response, 422, "validation", "twice")

    def test_warehouse_of_a_confirmed_order(self):
        """A6: it cannot be changed."""
        north = self._create_warehouse("North", "NOR")
        order = self._create_posted((self.protected, 1), warehouseId=self.warehouse.id)
        same = self._put(order, warehouseId=self.warehouse.id)
        self.assertEqual(same.status_code, 200, same.text)
        response = self._put(order, warehouseId=north.id)
        self._assert_problem(response, 400, "refused", order.name)

    def test_who_may_change(self):
        """C10: users who may change orders in Odoo."""
        order = self._create_posted((self.protected, 1))
        for role in ("viewer", "finance"):
            for values in ({}, {"customerReference": "x"}):
                response = self._put(order, role, **values)
                self._assert_problem(response, 403, "forbidden")
        self.assertFalse(order.client_order_ref)

    # ------------------------------------------------------------------
    # Approving
    # ------------------------------------------------------------------

    def _approve(self, order, role, **values):
        return self._call("POST", f"/orders/{order.id}/approve", role, json=values)

    def test_approve_a_draft(self):
        """B3: the stock is checked again; a short order is refused."""
        first = self._create_posted((self.protected, 4), confirm=False)
        second = self._create_posted((self.protected, 4), confirm=False)
        response = self._approve(first, "sales")
        self.assertEqual(response.json()["status"], "ALLOCATED")
        self.assertEqual(self._approve(first, "sales").status_code, 200)
        response = self._approve(second, "sales")
        self._assert_problem(response, 422, "insufficient-inventory")
        self.assertEqual(second.state, "draft")

    def test_approve_beyond_stock(self):
        """B5: only a manager approves, with a reason."""
        self.company.shortage_policy = "pending"
        order = self._create_posted((self.protected, 6))
        for role in ("sales", "viewer", "operator"):
            self._assert_problem(self._approve(order, role), 403, "forbidden")
        response = self._approve(order, "manager", reason="Good customer")
        self.assertEqual(response.status_code, 200, response.text)
        body = response.json()
        self.assertEqual(body["status"], "PARTIALLY_ALLOCATED")
        self.assertEqual(body["result"], "success")
        self.assertEqual(body["allocatedItems"][0]["quantity"], 5)
        self.assertEqual(body["unavailableItems"][0]["shortfall"], 1)
        self.assertEqual(order.override_ids.approver_id, self.users["manager"])
        self.assertEqual(order.override_ids.reason, "Good customer")

    def test_approve_with_discrepancy(self):
        """B2: open discrepancies must be acknowledged."""
        self.company.shortage_policy = "pending"
        discrepancy = self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 5,
                "counted_qty": 1,
            }
        )
        self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "lock_policy": "soft",
            }
        )
        order = self._create_posted((self.protected, 6))
        response = self._approve(order, "manager")
        self._assert_problem(response, 400, "refused", discrepancy.name)
        response = self._approve(
            order, "manager", acknowledgedDiscrepancies=[discrepancy.name]
        )
        self.assertEqual(response.status_code, 200, response.text)

    def test_approve_a_cancelled_order(self):
        """B3: it cannot be confirmed any more."""
        order = self._create_posted((self.protected, 1), confirm=False)
        order.action_cancel()
        self._assert_problem(self._approve(order, "sales"), 400, "refused")
        self.assertEqual(self._put(order).json()["result"], "error")
