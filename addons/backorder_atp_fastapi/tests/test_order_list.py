# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestOrderList(ApiCommon):
    def setUp(self):
        super().setUp()
        self.draft = self._create_order((self.protected, 1))
        self.allocated = self._confirm((self.protected, 2))
        self.backordered = self._confirm((self.backorderable, 3))
        self.orders = self.draft | self.allocated | self.backordered

    def _list(self, role="admin", **params):
        body = self._get_json("/orders", role, params=params)
        return [row["orderId"] for row in body["orders"]]

    def test_head_of_each_order(self):
        """E5: the list has what the order has, without its lines."""
        body = self._get_json("/orders", params={"status": "BACKORDERED"})
        [row] = body["orders"]
        order = self._get_json(f"/orders/{self.backordered.id}")
        self.assertEqual(row, {name: order[name] for name in row})
        self.assertEqual(row["shortfall"], 3)
        self.assertNotIn("lines", row)

    def test_pages(self):
        """E9: each order once, although others are cancelled and created between."""
        seen, late = [], self.env["sale.order"]
        for body in self._iterate_pages("/orders", limit=2):
            seen += [row["orderId"] for row in body["orders"]]
            self.assertLessEqual(len(body["orders"]), 2)
            if not late:
                self.draft.action_cancel()
                late = self._create_order((self.protected, 1))
        self.assertEqual(seen, (self.orders | late).ids)

    def test_full_last_page(self):
        """E9: a page that ends with the last order has no next one."""
        body = self._get_json("/orders", params={"limit": 3})
        self.assertEqual((len(body["orders"]), body["nextCursor"]), (3, None))

    def test_status(self):
        """E5: each status finds the orders that have it."""
        held = self._confirm((self.backorderable, 1))
        held.action_hold("Customer asked")
        self.company.shortage_policy = "pending"
        pending = self._create_order((self.protected, 9))
        pending.action_confirm()
        partial = self._create_product("Partial", allow_backorder="yes")
        self._set_stock(partial, 1)
        partly = self._confirm((partial, 2))
        cancelled = self._create_order((self.protected, 1))
        cancelled.action_cancel()
        service = self._create_product("Hour", type="service", is_storable=False)
        expected = {
            "DRAFT": self.draft,
            "PENDING_APPROVAL": pending,
            "CONFIRMED": self._confirm((service, 1)),
            "BACKORDERED": self.backordered,
            "PARTIALLY_ALLOCATED": partly,
            "ALLOCATED": self.allocated,
            "ON_HOLD": held,
            "CANCELLED": cancelled,
        }
        for status, order in expected.items():
            with self.subTest(status):
                body = self._get_json("/orders", params={"status": status})
                self.assertEqual([row["orderId"] for row in body["orders"]], order.ids)
                self.assertEqual(body["orders"][0]["status"], status)
        found = self._list(status=["DRAFT", "ON_HOLD"])
        self.assertEqual(found, (self.draft | held).ids)

    def test_customer(self):
        """E5: orders of a customer and its contacts, or with its reference."""
        customer = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": customer.id}
        )
        order = self._create_order(
            (self.protected, 1), partner_id=contact.id, client_order_ref="PO 7"
        )
        self.assertEqual(self._list(customerId=customer.id), order.ids)
        self.assertEqual(self._list(customerReference="PO 7"), order.ids)
        self.assertEqual(self._list(customerReference="PO"), [])

    def test_changed_since(self):
        """E8: what changed, also on a line; times have a zone."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET write_date = '2026-01-01 12:00' WHERE id = ANY(%s)",
            (self.orders.ids,),
        )
        self.env.cr.execute(
            "UPDATE sale_order_line SET write_date = '2026-01-01 12:00'"
            " WHERE order_id = ANY(%s)",
            (self.orders.ids,),
        )
        self.env.cr.execute(
            "UPDATE sale_order_line SET write_date = '2026-02-02' WHERE order_id = %s",
            (self.allocated.id,),
        )
        self.env.invalidate_all()
        self.assertEqual(
            self._list(changedSince="2026-01-01T12:00:00Z"), self.orders.ids
        )
        self.assertEqual(
            self._list(changedSince="2026-01-01T13:00:00+01:00"), self.orders.ids
        )
        self.assertEqual(
            self._list(changedSince="2026-01-01T12:00:01Z"), self.allocated.ids
        )

    def test_other_company(self):
        """C10: only orders of the company of the request."""
        company = self.env["res.company"].create({"name": "Other Keepers"})
        self.users["manager"].company_ids += company
        body = self._get_json(
            "/orders", "manager", headers={"X-Company-Id": str(company.id)}
        )
        self.assertEqual(body["orders"], [])
        self.assertEqual(self._list("manager"), self.orders.ids)

    def test_own_orders_only(self):
        """C10: a salesperson gets what the record rules of Odoo allow."""
        self.users["sales"].group_ids = [
            (3, self.env.ref("sales_team.group_sale_salesman_all_leads").id),
            (4, self.env.ref("sales_team.group_sale_salesman").id),
        ]
        self.orders.user_id = self.users["admin"]
        self.allocated.user_id = self.users["sales"]
        self.assertEqual(self._list("sales"), self.allocated.ids)

    def test_number_of_queries(self):
        """E9: more orders of other customers need less than one more query each."""
        filters = dict.fromkeys(
            ("status", "customer_id", "customer_reference", "changed_since")
        )

        def list_orders(env):
            page = env["backorder.api.order"]._list_orders(filters, 200)
            return len(page["orders"])

        few = self._count_queries("viewer", list_orders)
        for number in range(7):
            customer = self.env["res.partner"].create({"name": f"Customer {number}"})
            product = self._create_product(f"P{number}", allow_backorder="yes")
            self._confirm((product, 3), partner_id=customer.id)
        self.assertLess(self._count_queries("viewer", list_orders), few + 7)

    def test_bounds(self):
        """E9: limits, statuses, times and cursors are checked."""
        for params in (
            {"limit": 0},
            {"limit": 201},
            {"status": "draft"},
            {"changedSince": "2026-01-01"},
            {"changedSince": "2026-01-01T12:00:00"},
            {"changedSince": "1"},
            {"changedSince": "0001-01-01T00:00:00Z"},
            {"cursor": "x"},
            {"cursor": "e30"},
            {"cursor": "!"},
            {"customerId": 0},
        ):
            with self.subTest(params):
                response = self._call("GET", "/orders", params=params)
                body = self._assert_problem(response, 422, "validation")
                [name] = params
                self.assertIn(name, body["errors"][0]["location"])
