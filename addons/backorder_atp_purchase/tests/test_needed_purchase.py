# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


class NeededPurchaseCommon(BackorderCommon):
    @classmethod
    def _request(cls, product, quantity, **values):
        line = {"product_id": product.id, "product_qty": quantity, **values}
        return cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "order_line": [Command.create(line)],
            }
        )


@tagged("post_install", "-at_install")
class TestNeededPurchase(NeededPurchaseCommon):
    """Which backordered orders a purchase will serve, inside Purchase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["buyer"] = cls._create_user("buyer", "purchase.group_purchase_user")
        cls.order = cls._confirm((cls.backorderable, 10))
        cls.needed = cls._create_purchase(cls.backorderable)
        cls.other = cls._create_purchase(cls.protected)

    @classmethod
    def _create_purchase(cls, product):
        purchase = cls._request(product, 12)
        purchase.button_confirm()
        return purchase

    def test_purchase_names_the_orders_that_need_it(self):
        """C5, D4: with what each of them gets, from its button to the orders."""
        self.assertEqual(self.needed.backordered_order_ids, self.order)
        [row] = self.needed.backordered_orders
        self.assertEqual((row["order_id"], row["quantity"]), (self.order.id, 10))
        action = self._as(
            "operator", self.needed.sudo()
        ).action_view_backordered_orders()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.order)
        self.assertFalse(self.other.backordered_order_count)

    def test_scanned_purchase_opens(self):
        """C5: with the orders that it serves, for users of Purchase."""
        self.users["purchaser"] = self._create_user(
            "purchaser",
            "purchase.group_purchase_user,backorder_atp.group_backorder_viewer",
        )
        action = self._scan(self.needed, "purchaser")
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            (self.needed._name, self.needed.id),
        )

    def test_scanned_purchase_opens_its_receipt_for_the_warehouse(self):
        """C5: the open one, for users of Inventory only."""
        action = self._scan(self.needed, "operator")
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("stock.picking", self.needed.picking_ids.id),
        )

    def _scan(self, purchase, role):
        overview = self._as(role, self.env["backorder.overview"])
        return overview.open_scanned(purchase.name)

    def test_order_bought_for_late_needs_its_own_receipt(self):
        """C1, C5: once its supply is late, the order is named."""
        product = self._create_bought_to_order()
        order = self._confirm((product, 3))
        purchase = self.env["purchase.order"].search(
            [("order_line.product_id", "=", product.id)]
        )
        purchase.button_confirm()
        self.assertFalse(purchase.backordered_order_count)
        purchase.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=2)
        order.order_line._recompute_backorders()
        self.env.invalidate_all()
        self.assertEqual(purchase.backordered_order_ids, order)
        self.assertEqual(purchase.backordered_orders[0]["quantity"], 3)

    def test_purchases_are_found_by_who_needs_them(self):
        """D4: as a filter of the purchases, either way."""
        both = [("id", "in", (self.needed + self.other).ids)]
        purchases = self._as("buyer", self.env["purchase.order"])
        for operator, value, expected in (
            ("!=", False, self.needed),
            ("=", False, self.other),
        ):
            condition = ("backordered_order_ids", operator, value)
            self.assertEqual(purchases.search([*both, condition]), expected)
        own = ("backordered_order_ids", "in", self.order.ids)
        self.assertEqual(self.env["purchase.order"].search([*both, own]), self.needed)

    def test_buyer_without_access_to_sales_sees_no_orders(self):
        """B5: for what the goods are needed, but neither the order nor the customer."""
        purchase = self._as("buyer", self.needed)
        self.assertFalse(purchase.backordered_order_ids)
        self.assertEqual(purchase.backordered_order_count, 1)
        [row] = purchase.backordered_orders
        self.assertEqual((row["order_id"], row["quantity"]), (False, 10))
        self.assertNotIn("customer", row)


@tagged("post_install", "-at_install")
class TestNeededRequest(NeededPurchaseCommon):
    """Which requests for quotation backordered orders need."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm((cls.backorderable, 10))

    def _get_rows(self, purchase):
        self.env.invalidate_all()
        return [
            (self.env["sale.order"].browse(row["order_id"]), row["quantity"])
            for row in purchase.backordered_orders or []
        ]

    def _in_days(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def test_request_is_needed_for_what_no_receipt_brings(self):
        """C5, D4: receipts serve first, then the requests, the soonest first."""
        later = self._request(self.backorderable, 9, date_planned=self._in_days(5))
        sooner = self._request(self.backorderable, 4, date_planned=self._in_days(2))
        self.assertEqual(self._get_rows(sooner), [(self.order, 4)])
        self.assertEqual(self._get_rows(later), [(self.order, 6)])
        receipt = self._create_receipt(
            self.backorderable, 7, scheduled_date=self._in_days(9)
        )
        self.assertEqual(self._get_rows(sooner), [(self.order, 3)])
        self.assertEqual(self._get_rows(later), [])
        self.env.invalidate_all()
        self.assertEqual(receipt.backordered_orders[0]["quantity"], 7)

    def test_request_for_something_else_is_not_needed(self):
        """C5: nor one for another warehouse, for an order on hold, or cancelled."""
        request = self._request(self.backorderable, 10)
        north = self._create_warehouse("North", "NO")
        elsewhere = self._request(self.backorderable, 10)
        elsewhere.picking_type_id = north.in_type_id
        others = elsewhere + self._request(self.protected, 10)
        self.assertEqual(others.mapped("backordered_order_count"), [0, 0])
        self.assertTrue(request.backordered_order_count)
        self.order.action_hold("to be looked at")
        self.assertEqual(self._get_rows(request), [])
        self.order.action_release_hold("looked at")
        self.assertEqual(self._get_rows(request), [(self.order, 10)])
        request.button_cancel()
        self.assertEqual(self._get_rows(request), [])

    def test_confirmed_request_passes_what_it_serves_to_its_receipt(self):
        """C5, D4: nothing is counted twice on the way."""
        request = self._request(self.backorderable, 12)
        before = self._get_rows(request)
        request.button_confirm()
        self.assertEqual(self._get_rows(request), before)
        self.assertEqual(before, [(self.order, 10)])

    def test_request_for_one_order_alone_is_needed_once_it_is_late(self):
        """C1, C5: bought to order, and covered until then."""
        product = self._create_bought_to_order()
        order = self._confirm((product, 3))
        line = self.env["purchase.order.line"].search([("product_id", "=", product.id)])
        self.assertEqual(self._get_rows(line.order_id), [])
        line.date_planned = self._in_days(-2)
        order.order_line._recompute_backorders()
        self.assertEqual(self._get_rows(line.order_id), [(order, 3)])

    def test_list_of_requests_takes_no_more_statements_than_one(self):
        """D4: marked in the list of Purchase."""
        requests = self.env["purchase.order"]
        for quantity in (2, 3, 4):
            requests += self._request(self.backorderable, quantity)
        counts = []
        for some in (requests.browse(requests[0].id), requests):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertTrue(all(some.mapped("backordered_order_count")))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_requests_are_found_by_who_needs_them(self):
        """D4: as a filter of Purchase, either way."""
        needed = self._request(self.backorderable, 10)
        unneeded = self._request(self.backorderable, 5)
        both = [("id", "in", (needed + unneeded).ids)]
        purchases = self.env["purchase.order"]
        for operator, value, expected in (
            ("!=", False, needed),
            ("=", False, unneeded),
            ("in", self.order.ids, needed),
        ):
            condition = ("backordered_order_ids", operator, value)
            self.assertEqual(purchases.search([*both, condition]), expected)
