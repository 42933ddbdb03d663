# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestBackorders(ApiCommon):
    def setUp(self):
        super().setUp()
        self.other = self._create_product("Other", allow_backorder="yes")
        self._set_stock(self.other, 1)
        self.orders = self.env["sale.order"].union(
            *(self._confirm((self.backorderable, quantity)) for quantity in (1, 2, 3)),
            self._confirm((self.other, 4)),
        )

    def test_figures_and_lists(self):
        """C5: totals, by SKU and by order."""
        body = self._get_json("/orders/backorders", "viewer")
        self.assertEqual(
            {
                name: body["stats"][name]
                for name in ("totalBackorderedOrders", "totalSkus", "totalShortfall")
            },
            {"totalBackorderedOrders": 4, "totalSkus": 2, "totalShortfall": 9},
        )
        self.assertEqual(
            [
                (
                    row["sku"],
                    row["ordersWaiting"],
                    row["quantityNeeded"],
                    row["shortfall"],
                )
                for row in body["bySku"]
            ],
            [("LATER", 3, 6, 6), (None, 1, 4, 3)],
        )
        self.assertEqual([row["orderId"] for row in body["orders"]], self.orders.ids)
        last = body["orders"][-1]
        self.assertEqual(last["status"], "PARTIALLY_ALLOCATED")
        self.assertEqual(last["items"][0]["quantityAllocated"], 1)
        self.assertEqual(last["items"][0]["shortfall"], 3)
        self.assertEqual(last["daysPending"], 0)

    def test_pages(self):
        """C5: all pages of both lists, without gaps."""
        orders, products, count = [], [], 0
        for body in self._iterate_pages("/orders/backorders", "viewer", limit=1):
            orders += [row["orderId"] for row in body["orders"]]
            products += [row["productId"] for row in body["bySku"]]
            count += 1
        self.assertEqual((orders, count), (self.orders.ids, 4))
        self.assertEqual(products, [self.backorderable.id, self.other.id])
        self.assertEqual((body["totalOrders"], body["totalSkus"]), (4, 2))

    def test_order_resolved_between_two_pages(self):
        """C5: no order is left out when an earlier one is resolved meanwhile."""
        params = {"limit": 2}
        body = self._get_json("/orders/backorders", "viewer", params=params)
        self.orders[0].action_cancel()
        params["cursor"] = body["nextCursor"]
        body = self._get_json("/orders/backorders", "viewer", params=params)
        self.assertEqual(
            [row["orderId"] for row in body["orders"]], self.orders[2:].ids
        )

    def test_pages_with_orders_on_hold(self):
        """C4, C5: products that only orders on hold need come last, once."""
        self.orders[3].action_hold("Customer asked")
        pages = self._iterate_pages(
            "/orders/backorders", "viewer", limit=1, includeOnHold="true"
        )
        seen = [row["productId"] for body in pages for row in body["bySku"]]
        self.assertEqual(seen, [self.backorderable.id, self.other.id])

    def test_of_one_product(self):
        """C5: backorders of one product."""
        body = self._get_json(
            "/orders/backorders", "viewer", params={"productId": self.other.id}
        )
        self.assertEqual(
            [row["orderId"] for row in body["orders"]], self.orders[3:].ids
        )
        self.assertEqual([row["productId"] for row in body["bySku"]], self.other.ids)

    def test_on_hold(self):
        """C4: orders on hold are excluded by default."""
        self.orders[0].action_hold("Customer asked")
        for value, count in (("false", 3), ("true", 4)):
            body = self._get_json(
                "/orders/backorders", "viewer", params={"includeOnHold": value}
            )
            self.assertEqual(len(body["orders"]), count)
            self.assertEqual(body["stats"]["ordersOnHold"], 1)

    def _get_report(self, role="viewer", **params):
        return self._get_json("/orders/backorders/report", role, params=params)

    def test_report(self):
        """E7: totals, and the same by priority and by status."""
        self.orders[0].backorder_priority = "urgent"
        self.orders[1].action_hold("Customer asked")
        report = self._get_report()
        self.assertEqual((report["totalBackorders"], report["totalShortfall"]), (4, 9))
        stats = self._get_json("/orders/backorders", "viewer")["stats"]
        self.assertEqual(
            report["totalValue"], stats["shortageValue"] + stats["onHoldValue"]
        )
        self.assertEqual(
            {row["priority"]: row["orders"] for row in report["byPriority"]},
            {"urgent": 1, "medium": 3},
        )
        self.assertEqual(
            {row["status"]: row["shortfall"] for row in report["byStatus"]},
            {"BACKORDERED": 4, "ON_HOLD": 2, "PARTIALLY_ALLOCATED": 3},
        )
        for name in ("byPriority", "byStatus"):
            total = sum(row["value"] for row in report[name])
            self.assertEqual(total, report["totalValue"])

    def test_average_time_to_fulfil(self):
        """E7: of the backorders that were filled, not of those cancelled."""
        draft = self._create_order((self.other, 1))
        report = self._get_report()
        self.assertEqual(
            (report["filledBackorders"], report["averageHours"]), (0, None)
        )
        now = fields.Datetime.now()
        for event_type, date in (
            ("order:backordered", now - timedelta(hours=48)),
            ("order:backorder_resolved", now),
        ):
            self.env["backorder.event"].sudo().create(
                {
                    "event_type": event_type,
                    "date": date,
                    "company_id": self.company.id,
                    "order_id": draft.id,
                    "order_name": draft.name,
                    "payload": {},
                    "trigger_source": "receipt:WH/IN/1",
                }
            )
        self.orders[0].action_cancel()
        report = self._get_report()
        self.assertEqual(report["filledBackorders"], 1)
        self.assertAlmostEqual(report["averageHours"], 48, delta=0.1)
        report = self._get_report(since="2199-01-01")
        self.assertEqual(report["filledBackorders"], 0)

    def test_who_may_look(self):
        """C10: viewers and above."""
        self._assert_problem(
            self._call("GET", "/orders/backorders", "sales"), 403, "forbidden"
        )
        self._assert_problem(
            self._call("GET", "/orders/backorders/report", "sales"), 403, "forbidden"
        )
        for role in ("viewer", "operator", "manager", "finance", "admin"):
            self._get_json("/orders/backorders", role)
            self._get_report(role)

    def test_bounds(self):
        """E9: the page size is limited, and a cursor of another list is refused."""
        for params in (
            {"limit": 0},
            {"limit": 201},
            {"cursor": "x"},
            {"cursor": "eyJhZnRlciI6Mjh9"},
            {"productId": 2**31},
        ):
            response = self._call("GET", "/orders/backorders", "viewer", params=params)
            self._assert_problem(response, 422, "validation")
