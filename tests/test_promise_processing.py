# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .audit_common import AuditCommon

ITEM_KEYS = {
    "lineId",
    "productId",
    "sku",
    "product",
    "warehouseId",
    "required",
    "available",
    "shortfall",
    "reason",
}


@tagged("post_install", "-at_install")
class TestPromiseProcessing(AuditCommon):
    def _create_sales_order(self, *lines):
        return self._as(
            "sales", self._create_order(*lines, user_id=self.users["sales"].id)
        )

    def _assert_short(self, result, order, required=7, available=5):
        [item] = result["unavailableItems"]
        self.assertEqual(item.keys(), ITEM_KEYS)
        self.assertEqual(item["lineId"], order.order_line.id)
        self.assertEqual(item["productId"], self.protected.id)
        self.assertEqual(item["sku"], "PRT")
        self.assertEqual(item["warehouseId"], self.warehouse.id)
        self.assertEqual(item["required"], required)
        self.assertEqual(item["available"], available)
        self.assertEqual(item["shortfall"], required - available)
        self.assertTrue(item["reason"])

    def _process(self, order):
        """Call it as a remote program does."""
        return call_kw(order.browse(), "process_promise", [order.ids], {})

    def test_enough_is_confirmed(self):
        """E5: an order that fits is confirmed; a second call changes nothing."""
        order = self._create_sales_order((self.protected, 5))
        for _time in range(2):
            result = self._process(order)
            self.assertEqual(
                (result["orderId"], result["orderNumber"], result["status"]),
                (order.id, order.name, "success"),
            )
            self.assertFalse(result["unavailableItems"])
            self.assertIn(order.name, result["message"])
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(order.picking_ids), 1)

    def test_allocated_items(self):
        """E5: the reserved quantities of the order, their location and reference."""
        self.protected.default_code = "PRO-1"
        order = self._create_sales_order((self.protected, 5))
        self.assertEqual(order.check_promise()["allocatedItems"], [])
        [item] = self._process(order)["allocatedItems"]
        self.assertEqual((item["sku"], item["quantity"]), ("PRO-1", 5))
        self.assertEqual(item["location"], self.stock.complete_name)

    def test_refusal_is_a_result(self):
        """E5, B6: the result has all figures, and only the log is written."""
        order = self._create_sales_order((self.protected, 7))
        with self._after_rollback():
            result = self._process(order)
        self.assertEqual(result["status"], "insufficient_inventory")
        self._assert_short(result, order)
        self.assertIn("requested 7.0, available 5.0", result["message"])
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.sudo().picking_ids)
        event = self._get_last("order:blocked", order)
        self.assertEqual(event.payload["lines"][0]["shortfall"], 2)

    def test_refusal_is_rolled_back(self):
        """E5: changes made before the refusal are undone."""
        self.company.promise_phase = "hard"
        order = self._create_sales_order((self.protected, 7), (self.backorderable, 1))
        result = self._process(order)
        self.assertEqual(result["status"], "insufficient_inventory")
        self.assertEqual(len(result["unavailableItems"]), 1)
        self.assertFalse(
            self.env["stock.move"].search(
                [("sale_line_id", "in", order.order_line.ids)]
            )
        )
        self.assertEqual(self._get(self.protected), 5)

    def test_pending_approval(self):
        """E5, B4: the result contains the requested items."""
        self.company.shortage_policy = "pending"
        order = self._create_sales_order((self.protected, 7))
        result = self._process(order)
        self.assertEqual(result["status"], "pending_approval")
        self._assert_short(result, order)
        self.assertEqual(order.state, "draft")
        self.assertTrue(order.requires_inventory_override)
        self._as("manager", order.sudo().override_ids).action_approve("fine")
        self.assertEqual(self._process(order)["status"], "success")

    def test_backorder_is_confirmed_with_its_items(self):
        """E5: an allowed backorder is confirmed; the result contains the short
        items."""
        order = self._create_sales_order((self.backorderable, 3))
        result = self._process(order)
        self.assertEqual(result["status"], "success")
        [item] = result["unavailableItems"]
        self.assertEqual(item.keys(), ITEM_KEYS)
        self.assertEqual((item["required"], item["shortfall"]), (3, 3))

    def test_check_writes_nothing(self):
        """E5: the same result without confirming, requesting or logging."""
        fits = self._create_sales_order((self.protected, 5))
        short = self._create_sales_order((self.protected, 7))
        for policy, status in (
            ("block", "insufficient_inventory"),
            ("pending", "pending_approval"),
        ):
            self.company.shortage_policy = policy
            count = self.events.search_count([])
            self.assertEqual(fits.check_promise()["status"], "success")
            with self._after_rollback():
                result = short.check_promise()
            self.assertEqual(result["status"], status)
            self._assert_short(result, short)
            self.assertEqual((fits | short).mapped("state"), ["draft", "draft"])
            self.assertFalse(short.requires_inventory_override)
            self.assertEqual(self.events.search_count([]), count)

    def test_check_logs_no_discrepancy_warning(self):
        """E5, B2: a check promises nothing, so nothing is logged."""
        self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 5,
                "counted_qty": 4,
            }
        )
        self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "lock_policy": "monitor",
            }
        )
        order = self._create_sales_order((self.protected, 2))
        for method, count in (("check_promise", 0), ("process_promise", 1)):
            self.assertEqual(getattr(order, method)()["status"], "success")
            events = self._get_events("order:discrepancy_warning", order_id=order)
            self.assertEqual(len(events), count, method)

    def test_check_of_a_confirmed_or_cancelled_order(self):
        """E5: the result reports the current status."""
        order = self._create_sales_order((self.protected, 5))
        order.action_confirm()
        self.assertEqual(order.check_promise()["status"], "success")
        order.action_cancel()
        self.assertEqual(order.check_promise()["status"], "error")

    def test_monitor_phase_shows_items_to_administrators_only(self):
        """E5, B9: in the monitor phase every order passes."""
        self.company.promise_phase = "dark"
        order = self._create_sales_order((self.protected, 7))
        result = order.check_promise()
        self.assertEqual(
            (result["status"], result["unavailableItems"]), ("success", [])
        )
        self._assert_short(self._as("admin", order).check_promise(), order)

    def test_roles_that_may_process(self):
        """E5, C10: users who may confirm; a viewer may only check."""
        order = self._create_order((self.protected, 1))
        with self.assertRaises(AccessError):
            self._as("viewer", order).process_promise()
        self.assertEqual(self._as("viewer", order).check_promise()["status"], "success")
        self.assertEqual(order.state, "draft")

    def test_what_odoo_refuses_is_an_error(self):
        """E5: a cancelled order raises an error."""
        order = self._create_sales_order((self.protected, 1))
        order.action_cancel()
        with self.assertRaises(UserError):
            order.process_promise()
