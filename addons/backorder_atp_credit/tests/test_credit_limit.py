# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import SIGNATURE, BackorderCommon


@tagged("post_install", "-at_install")
class TestCreditLimit(BackorderCommon):
    """E3: confirmation of orders beyond the credit limit of their customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.company.credit_policy = "block"
        cls.company.shortage_policy = "pending"
        cls.customer.with_company(cls.company).credit_limit = 1000
        cls._set_stock(cls.protected, 100)

    def _quote(self, amount, quantity=1, **values):
        line = {
            "product_id": self.protected.id,
            "product_uom_qty": quantity,
            "price_unit": amount / quantity,
            "tax_ids": False,
        }
        return self._create_order(line, **values)

    def _ask(self, amount, **values):
        order = self._quote(amount, **values)
        self._as("sales", order).action_confirm()
        return order, order.override_ids

    # ------------------------------------------------------------------
    # Policy of the company
    # ------------------------------------------------------------------

    def test_without_a_policy_orders_pass(self):
        """E3, B9: without a policy the order is confirmed, in every phase."""
        self.assertEqual(
            self.env["res.company"].create({"name": "New"}).credit_policy, "off"
        )
        self.company.credit_policy = "off"
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            self.assertEqual(self._ask(1200)[0].state, "sale")
        self.assertFalse(self._get_events("order:credit_exceeded"))

    def test_confirmed_with_a_warning(self):
        """E3: the order passes, and the log records the excess."""
        self.company.credit_policy = "warn"
        order, request = self._ask(1200)
        self.assertEqual(order.state, "sale")
        self.assertFalse(request)
        event = self._get_events("order:credit_exceeded", order_id=order)
        self.assertEqual(event.payload["creditExcess"], 200)
        self.assertEqual(event.user_id, self.users["sales"])
        self.assertFalse(event.payload["canProcessOrder"])

    def test_within_the_limit_passes(self):
        """E3: up to the limit, no approval is requested."""
        order, request = self._ask(1000)
        self.assertEqual(order.state, "sale")
        self.assertFalse(request)

    def test_approval_is_required_in_every_phase(self):
        """E3: the credit policy applies even in the monitor phase."""
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            order, request = self._ask(1200)
            self.assertEqual((order.state, request.state), ("draft", "pending"))
            self.assertEqual(request.credit_excess, 200)
            self.assertTrue(order.needs_credit_approval)
            self.assertFalse(order.needs_stock_approval)
            request._withdraw()

    def test_announced_returns_free_no_credit(self):
        """E3: a return frees credit when the goods arrive, not when it is announced."""
        returned = {
            "product_id": self.protected.id,
            "product_uom_qty": -1,
            "price_unit": 4000,
            "tax_ids": False,
        }
        order = self._quote(4900)
        order.order_line = [Command.create(returned)]
        self._as("sales", order).action_confirm()
        self.assertEqual(order.override_ids.credit_excess, 3900)
        taken_back = self._confirm(returned)
        self.assertEqual(self._ask(1200)[1].credit_excess, 200)
        self._validate(taken_back.picking_ids, 1)
        self.assertEqual(taken_back._get_uninvoiced_amount(), 0)

    def test_added_items_are_checked_apart_from_returns(self):
        """E3: only the added amount is checked."""
        order = self._as("sales", self._confirm((self.protected, 1)))
        order.order_line.write({"price_unit": 900, "tax_ids": False})
        values = {"product_id": self.protected.id, "tax_ids": False}
        with self.assertRaisesRegex(UserError, "credit limit"):
            order.order_line = [
                Command.create({**values, "product_uom_qty": 1, "price_unit": 5000}),
                Command.create({**values, "product_uom_qty": -1, "price_unit": 5000}),
            ]

    def test_refused_stock_comes_first(self):
        """B4, E3: an order refused for stock requests no credit approval."""
        self.company.shortage_policy = "block"
        with self.assertRaises(UserError):
            self._quote(5000, quantity=101).action_confirm()

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def test_finance_decides(self):
        """B5, E3: inventory managers escalate the request to finance managers."""
        order, request = self._ask(1200)
        self.assertEqual(
            request.assigned_group_id,
            self.env.ref("backorder_atp.group_finance_manager"),
        )
        self._as("manager", request).action_approve("Looks fine")
        self.assertEqual((request.state, order.state), ("pending", "draft"))
        with self.assertRaises(AccessError):
            self._as("sales", request).action_approve("Please")
        self._as("finance", request).action_approve("They pay on Friday")
        self.assertEqual((request.state, order.state), ("approved", "sale"))
        event = self._get_events("order:approved", order_id=order)
        self.assertEqual(event.user_id, self.users["finance"])
        self.assertEqual(event.reason, "They pay on Friday")
        self.assertEqual(event.payload["creditExcess"], 200)
        self.assertTrue(order.picking_ids)

    def test_rejected(self):
        """B5, E3: the order stays a quotation and may request approval again."""
        order, request = self._ask(1200)
        self._as("finance", request).action_reject("Not before they pay")
        self.assertEqual((request.state, order.state), ("rejected", "draft"))
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertEqual(
            set(order.override_ids.mapped("state")), {"pending", "rejected"}
        )

    def test_approval_covers_the_amount_shown(self):
        """E3: an order whose amount has increased requests approval again."""
        order, request = self._ask(1200)
        order.order_line.price_unit = 1500
        self._as("sales", order).action_confirm()
        self.assertEqual(order.override_ids, request)
        self.assertEqual(request.credit_excess, 500)
        self._as("finance", request).action_approve("Once")
        self.assertEqual(order.state, "sale")
        order.action_cancel()
        order.action_draft()
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "draft")

    def test_decision_shows_the_credit(self):
        """E3: the decision shows limit, credit used, order amount and excess."""
        self._quote(900).action_confirm()
        order, request = self._ask(300)
        action = self._as("finance", request).action_open_approval()
        form = self._as("finance", self.env["backorder.decision"]).with_context(
            **action["context"]
        )
        decision = form.create({"override_id": request.id, "reason": "Why not"})
        self.assertEqual(
            (
                decision.credit_limit,
                decision.credit_used,
                decision.credit_impact,
                decision.credit_excess,
            ),
            (1000, 900, 300, 200),
        )
        self.assertFalse(decision.is_short)
        decision.action_approve()
        self.assertEqual(order.state, "sale")

    # ------------------------------------------------------------------
    # Several orders, stock and credit
    # ------------------------------------------------------------------

    def test_orders_confirmed_together_are_summed(self):
        """E3: each order is within the limit, but both together exceed it."""
        orders = self._quote(600) | self._quote(600) | self._quote(300)
        self._as("sales", orders).action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])
        self.assertEqual(orders[1].override_ids.credit_excess, 200)

    def test_stock_and_credit_are_one_request(self):
        """B4, E3: short and beyond the limit: a finance manager decides on both."""
        order, request = self._ask(1500, quantity=110)
        self.assertEqual(len(request), 1)
        self.assertTrue(order.needs_stock_approval and order.needs_credit_approval)
        self.assertEqual((request.max_shortage_qty, request.credit_excess), (10, 500))
        self._as("manager", request).action_approve("Stock comes tomorrow")
        self.assertEqual(order.state, "draft")
        self._as("finance", request).action_approve("Both are fine")
        self.assertEqual(order.state, "sale")

    def test_request_remains_for_credit_when_stock_arrives(self):
        """B4, E3: a second confirmation is still pending, for credit only."""
        order, request = self._ask(1500, quantity=110)
        self._receive(self.protected, 50)
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids, request)
        self.assertFalse(order.needs_stock_approval)
        self.assertEqual(request.credit_excess, 500)

    def test_order_passes_once_the_customer_has_paid(self):
        """E3: once the customer has paid, the order passes without approval."""
        order, request = self._ask(1200)
        self.customer.with_company(self.company).credit_limit = 2000
        self._as("sales", order).action_confirm()
        self.assertEqual((order.state, request.state), ("sale", "withdrawn"))

    def test_order_pending_approval_keeps_its_stock(self):
        """B4: stock of an order pending credit approval is not promised to others."""
        self._ask(1200, quantity=60)
        self.assertEqual(self._get(self.protected), 40)

    # ------------------------------------------------------------------
    # Changes of confirmed orders
    # ------------------------------------------------------------------

    def test_invoiced_on_delivery(self):
        """E3: ordered goods use credit before they are delivered."""
        self.protected.invoice_policy = "delivery"
        order = self._quote(900)
        order.action_confirm()
        impact = self.customer.get_credit_impact(0.0)
        self.assertEqual(impact["currentCreditUsed"], 900)
        second = self._ask(900)[0]
        self.assertEqual(second.state, "draft")
        self._validate(order.picking_ids, 1)
        impact = self.customer.get_credit_impact(0.0)
        self.assertEqual(impact["currentCreditUsed"], 900)

    def test_confirmed_order_grows_within_the_limit(self):
        """E3: quantity, price and lines may grow up to the limit, but not beyond."""
        self.protected.list_price = 100
        order = self._quote(900, quantity=9)
        order.action_confirm()
        line = self._as("sales", order.order_line)
        for values in ({"product_uom_qty": 11}, {"price_unit": 112}):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "exceed.* the credit limit"),
            ):
                line.write(values)
        with self.assertRaisesRegex(UserError, "exceed.* the credit limit"):
            line.copy({"order_id": order.id, "product_uom_qty": 2})
        line.product_uom_qty = 10
        self.assertEqual(order.amount_total, 1000)
        line.price_unit = 50
        self.assertEqual(order.amount_total, 500)

    def test_confirmed_order_changes_its_customer(self):
        """E3: it is checked against the credit limit of the new customer."""
        rich = self.env["res.partner"].create({"name": "No Limit"})
        order = self._quote(1200, partner_id=rich.id)
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "sale")
        with self.assertRaisesRegex(UserError, "exceed.* the credit limit"):
            self._as("sales", order).partner_id = self.customer
        self.company.credit_policy = "warn"
        self._as("sales", order).partner_id = self.customer
        event = self._get_events("order:credit_exceeded", order_id=order)
        self.assertEqual(event.payload["creditExcess"], 200)

    def test_negative_order_frees_no_credit(self):
        """E3: a quotation with a negative amount frees no credit for others."""
        self._quote(1000).action_confirm()
        self._quote(-5000).action_confirm()
        self.assertEqual(self._ask(100)[0].state, "draft")

    # ------------------------------------------------------------------
    # Other ways to confirm
    # ------------------------------------------------------------------

    def test_delivery_of_signed_order_is_withheld(self):
        """B4, E3: confirmed, with its delivery withheld until the decision."""
        order = self._quote(1200)
        order.write({"signature": SIGNATURE, "signed_by": "Patient Customer"})
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.requires_inventory_override)
        self.assertFalse(order.picking_ids)
        self.assertTrue(order.needs_credit_approval)
        self._as("finance", order.override_ids).action_approve("Known for years")
        self.assertTrue(order.picking_ids)

    def test_status_written_or_created(self):
        """B4, E3: no way of confirming an order bypasses the limit, in any phase."""
        for phase in ("dark", "hard"):
            self.company.promise_phase = phase
            order = self._quote(1200)
            order.state = "sale"
            self.assertEqual(order.state, "draft")
            created = self._quote(1200, state="sale")
            self.assertEqual(created.state, "draft")
            self.assertTrue(created.override_ids.credit_excess)

    def test_result_for_other_programs(self):
        """E3, E5: the result says that the order is pending approval, and why."""
        order = self._quote(1200)
        checked = order.check_promise()
        self.assertEqual(checked["status"], "pending_approval")
        self.assertIn("credit limit", checked["message"])
        self.assertEqual(order.process_promise()["status"], "pending_approval")
        self.assertEqual(self._quote(100).check_promise()["status"], "success")

    def test_free_order_passes(self):
        """E3: the amount already due does not stop a free replacement."""
        self._quote(1000).action_confirm()
        self.customer.with_company(self.company).credit_limit = 500
        self.assertEqual(self._ask(0)[0].state, "sale")

    def test_companies(self):
        """E3: the policy of one company does not apply to orders of another."""
        other = self.env["res.company"].create(
            {"name": "Other", "account_use_credit_limit": True}
        )
        self.env.user.company_ids = [(4, other.id)]
        self.customer.with_company(other).credit_limit = 10
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        order = self._quote(1200, company_id=other.id, warehouse_id=warehouse.id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_fields_are_the_servers(self):
        """E3: users cannot write a request or its excess."""
        _order, request = self._ask(1200)
        for role in ("sales", "manager", "finance"):
            with self.assertRaises(AccessError):
                self._as(role, request).credit_excess = 0
