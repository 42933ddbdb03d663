# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import SIGNATURE
from .test_override import OverrideCommon


@tagged("post_install", "-at_install")
class TestLimits(OverrideCommon):
    """Ways around the approval limits (B5)."""

    def test_shortage_split_over_lines(self):
        """B5: the shortages of a product on several lines are summed."""
        order = self._create_order((self.protected, 10), (self.protected, 10))
        self._as("sales", order).action_confirm()
        request = order.override_ids
        self.assertEqual(request.line_ids.shortage_qty, 15)
        self.assertEqual(request.line_ids.available_qty, 5)
        self.assertEqual(request.max_shortage_percent, 75)
        self.assertEqual(request.shortage_value, 1500)
        self.assertEqual(request.line_ids.snapshot["required"], 20)
        self.assertEqual(request.line_ids.snapshot["shortfall"], 15)

    def test_lines_of_different_price(self):
        """B5: a cheap line does not hide an expensive line of the same product."""
        dear = {
            "product_id": self.protected.id,
            "product_uom_qty": 10,
            "price_unit": 1000,
        }
        order = self._create_order(dear, {**dear, "price_unit": 1})
        self._as("sales", order).action_confirm()
        self.assertEqual(order.override_ids.shortage_value, 5 * 1000 + 10)

    def test_increase_split_over_lines(self):
        """B5: the same for increases of several confirmed lines."""
        order = self._create_order((self.protected, 1), (self.protected, 1))
        self._as("sales", order).action_confirm()
        for line in order.order_line:
            self._as("sales", line).product_uom_qty = 11
        self.assertEqual(order.override_ids.max_shortage_qty, 17)

    def test_price_raised_after_the_request(self):
        """B5: limits are checked with the value at the decision."""
        order = self._create_order(
            {"product_id": self.protected.id, "product_uom_qty": 10, "price_unit": 1},
            user_id=self.users["sales"].id,
        )
        self._as("sales", order).action_confirm()
        self.assertEqual(order.override_ids.shortage_value, 5)
        self._as("sales", order.order_line).price_unit = 9999
        self._as("finance", order.override_ids).action_open_approval()
        self._approve(order)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.shortage_value, 5 * 9999)
        self._approve(order, "finance")
        self.assertEqual(order.state, "sale")

    def test_price_of_an_increase_raised_after_the_request(self):
        """B5: the same for an increase of a confirmed line."""
        order = self._create_order(
            {"product_id": self.protected.id, "product_uom_qty": 5, "price_unit": 1},
            user_id=self.users["sales"].id,
        )
        self._as("sales", order).action_confirm()
        line = self._as("sales", order.order_line)
        line.product_uom_qty = 10
        line.price_unit = 9999
        self._as("finance", order.override_ids).action_open_approval()
        self._approve(order)
        self.assertEqual(line.product_uom_qty, 5)
        self.assertEqual(order.override_ids.state, "pending")

    def test_stock_lost_after_the_request(self):
        """B5: the shortage at the decision counts."""
        self.manager_limit.max_quantity = 1
        order = self._request(6)
        self._set_stock(self.protected, 0)
        self._approve(order)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.max_shortage_qty, 6)

    def test_decision_shows_current_figures(self):
        """B5: the wizard shows the figures at the time it is opened."""
        order = self._request(6)
        self._set_stock(self.protected, 0)
        action = self._as("manager", order.override_ids).action_open_approval()
        self.assertTrue(action["context"]["default_override_id"])
        self.assertEqual(order.override_ids.line_ids.shortage_qty, 6)

    def test_activity_is_not_for_the_requester(self):
        """B5: if the responsible is the requester, another user gets the activity."""
        other = new_test_user(
            self.env,
            "backorder_other_manager",
            groups="backorder_atp.group_inventory_manager,stock.group_stock_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.users["manager"].group_ids += self.env.ref("sales_team.group_sale_manager")
        self.company.backorder_responsible_id = self.users["manager"]
        order = self._request(role="manager")
        approvers = order.override_ids.activity_ids.user_id
        self.assertNotEqual(approvers, self.users["manager"])
        self.assertTrue(other)


@tagged("post_install", "-at_install")
class TestRequests(OverrideCommon):
    """Ways around the request itself (B4, B5)."""

    def test_defaults_have_no_effect_on_requests(self):
        """B5: context defaults cannot create a decided request."""
        order = self._create_order((self.protected, 9))
        order = self._as("sales", order).with_context(
            default_state="approved",
            default_requester_id=self.users["viewer"].id,
            default_approver_id=self.users["finance"].id,
        )
        order.action_confirm()
        request = order.sudo().override_ids
        self.assertEqual(request.state, "pending")
        self.assertFalse(request.approver_id)
        self.assertEqual(order.state, "draft")

    def test_requests_cannot_be_written(self):
        """B5: neither directly nor through the order."""
        order = self._request()
        for role in ("sales", "operator", "manager", "finance"):
            request = self._as(role, order.override_ids)
            for values in ({"state": "approved"}, {"requester_id": self.env.uid}):
                with self.assertRaises(AccessError):
                    request.write(values)
            with self.assertRaises(AccessError):
                request.line_ids.write({"requested_qty": 999})
            with self.assertRaises(AccessError):
                request.copy({"state": "approved"})
        for command in (
            Command.create({"state": "approved"}),
            Command.update(order.override_ids.id, {"state": "approved"}),
            Command.delete(order.override_ids.id),
        ):
            with self.assertRaises(AccessError):
                self._as("sales", order).write({"override_ids": [command]})

    def test_default_signature(self):
        """B5: a signature cannot be set by a context default."""
        orders = self._as("sales", self.env["sale.order"])
        values = {"partner_id": self.customer.id}
        order = orders.with_context(default_signature=SIGNATURE).create(values)
        self.assertFalse(order.signature)

    def test_signed_from_another_company(self):
        """B5: the company of the order counts, not the user's current company."""
        elsewhere = self.env["res.company"].create({"name": "Dark"})
        user = self.users["sales"]
        user.company_ids += elsewhere
        orders = self._as("sales", self.env["sale.order"]).with_context(
            allowed_company_ids=(elsewhere | self.company).ids
        )
        values = {"partner_id": self.customer.id, "company_id": self.company.id}
        with self.assertRaisesRegex(AccessError, "Only the customer"):
            orders.create({**values, "signature": SIGNATURE})

    def test_default_warehouse_of_a_line(self):
        """B4: a line is checked in the warehouse it takes stock from."""
        other = self._create_warehouse("Empty", "EMP")
        order = self._create_order((self.protected, 1), warehouse_id=self.warehouse.id)
        self._as("sales", order).action_confirm()
        lines = self._as("sales", self.env["sale.order.line"])
        line = lines.with_context(default_warehouse_id=other.id).create(
            {
                "order_id": order.id,
                "product_id": self.protected.id,
                "product_uom_qty": 3,
            }
        )
        if line.warehouse_id == other:
            self.assertEqual(line.product_uom_qty, 0)

    def test_negative_line_makes_no_stock(self):
        """B4: a future return cannot be promised today."""
        order = self._create_order((self.protected, -15), (self.protected, 9))
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.max_shortage_qty, 4)

    def test_increase_whose_warehouse_changes(self):
        """B4: an approval covers only the warehouse it was requested for."""
        other = self._create_warehouse("Empty", "EMP")
        order = self._create_order((self.protected, 5), warehouse_id=self.warehouse.id)
        self._as("sales", order).action_confirm()
        self._as("sales", order.order_line).product_uom_qty = 8
        self._as("sales", order).warehouse_id = other
        if order.order_line.warehouse_id == other:
            with self.assertRaisesRegex(UserError, "has changed"):
                self._approve(order)
        self.assertEqual(order.order_line.product_uom_qty, 5)

    def test_withheld_delivery_whose_warehouse_changes(self):
        """B4: the delivery is launched from the approved warehouse."""
        other = self._create_warehouse("Empty", "EMP")
        order = self._create_order(
            (self.protected, 8), warehouse_id=self.warehouse.id, signature=SIGNATURE
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        order.warehouse_id = other
        self.assertEqual(order.order_line.warehouse_id, other)
        self.manager_limit.max_quantity = 5
        self._approve(order)
        self.assertFalse(order.picking_ids)
        self.assertEqual(order.override_ids.max_shortage_qty, 8)
        self.assertEqual(order.override_ids.line_ids.warehouse_id, other)

    def test_confirmed_order_written_back_to_a_quotation(self):
        """B4: a promise stays committed whatever is written."""
        order = self._create_order((self.protected, 5))
        self._as("sales", order).action_confirm()
        self._as("sales", order).write({"state": "draft"})
        self._as("sales", order.order_line).product_uom_qty = 50
        self._as("sales", order).write({"state": "sale"})
        self.assertEqual(order.state, "draft")
        other = self._create_order((self.protected, 5))
        self._as("sales", other).action_confirm()
        self.assertEqual(other.state, "draft")

    def test_undoing_the_older_of_two_increases(self):
        """B5: an approval that was superseded cannot be undone."""
        order = self._create_order((self.protected, 5), user_id=self.users["sales"].id)
        self._as("sales", order).action_confirm()
        line = self._as("sales", order.order_line)
        for quantity in (6, 7):
            line.product_uom_qty = quantity
            self._approve(order)
        newest, oldest = order.override_ids.sorted("id", reverse=True)
        with self.assertRaisesRegex(UserError, "has changed"):
            self._as("manager", oldest).action_undo("oops")
        self._as("manager", newest).action_undo("oops")
        self.assertEqual(line.product_uom_qty, 6)
        self._as("manager", oldest).action_undo("oops")
        self.assertEqual(line.product_uom_qty, 5)

    def test_cancelled_request_retries_backorders(self):
        """C2: the committed quantity is released once the order is cancelled or
        deleted."""
        for end in ("_action_cancel", "unlink"):
            order = self._request(6)
            other = self._create_order((self.protected, 1))
            self.protected.allow_backorder = "yes"
            other.action_confirm()
            other.picking_ids.do_unreserve()
            self.protected.allow_backorder = "inherit"
            self._run_retries()
            other.picking_ids.do_unreserve()
            self.retries.search([]).unlink()
            getattr(self._as("sales", order).sudo(), end)()
            with self.subTest(end):
                self.assertTrue(self.retries.search([]))
            other._action_cancel()

    def test_portal_user_checks_a_promise(self):
        """A5: portal users cannot read stock quantities."""
        self.company.shortage_policy = "block"
        portal = new_test_user(self.env, "backorder_buyer", groups="base.group_portal")
        order = self._create_order((self.protected, 9), partner_id=portal.partner_id.id)
        order.state = "sent"
        for name in ("check_promise", "process_promise"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(order.with_user(portal), name)()


class StockBehindTheBackCommon(OverrideCommon):
    """Discrepancies and soft reservations (B2, E5)."""


@tagged("post_install", "-at_install")
class TestStockBehindTheBack(StockBehindTheBackCommon):
    def test_quantity_by_default_or_elsewhere(self):
        """B2: reviewed stock cannot be changed by a default or from another company."""
        self.company.write(
            {"discrepancy_review_counts": True, "discrepancy_min_quantity": 1}
        )
        stockman = new_test_user(
            self.env,
            "backorder_stockman",
            groups="stock.group_stock_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        elsewhere = self.env["res.company"].create({"name": "Careless"})
        stockman.company_ids += elsewhere
        quants = self.env["stock.quant"].with_user(stockman)
        values = {"product_id": self.backorderable.id, "location_id": self.stock.id}
        before = self.backorderable.qty_available
        for context, extra in (
            ({"default_quantity": 50}, {}),
            ({"allowed_company_ids": (elsewhere | self.company).ids}, {"quantity": 50}),
        ):
            with self.subTest(context):
                try:
                    quants.with_context(**context).create({**values, **extra})
                except AccessError:
                    continue
                self.backorderable.invalidate_recordset()
                self.assertEqual(self.backorderable.qty_available, before)
