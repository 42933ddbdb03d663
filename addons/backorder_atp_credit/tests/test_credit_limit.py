# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import SIGNATURE, BackorderCommon


@tagged("post_install", "-at_install")
class TestCreditLimit(BackorderCommon):
    """E3: what follows where an order goes beyond the credit of its customer."""

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
    # What the company says
    # ------------------------------------------------------------------

    def test_off_is_what_odoo_does(self):
        """E3, B9: without a policy nothing follows, in any phase."""
        self.assertEqual(
            self.env["res.company"].create({"name": "New"}).credit_policy, "off"
        )
        self.company.credit_policy = "off"
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            self.assertEqual(self._ask(1200)[0].state, "sale")
        self.assertFalse(self._get_events("order:credit_exceeded"))

    def test_warned(self):
        """E3: the order passes, it is written down by how much it went beyond."""
        self.company.credit_policy = "warn"
        order, request = self._ask(1200)
        self.assertEqual(order.state, "sale")
        self.assertFalse(request)
        event = self._get_events("order:credit_exceeded", order_id=order)
        self.assertEqual(event.payload["creditExcess"], 200)
        self.assertEqual(event.user_id, self.users["sales"])
        self.assertFalse(event.payload["canProcessOrder"])

    def test_within_the_limit_passes(self):
        """E3: up to the limit nobody is asked."""
        order, request = self._ask(1000)
        self.assertEqual(order.state, "sale")
        self.assertFalse(request)

    def test_blocked_in_every_phase(self):
        """E3: credit is a setting of its own, also where stock is only measured."""
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            order, request = self._ask(1200)
            self.assertEqual((order.state, request.state), ("draft", "pending"))
            self.assertEqual(request.credit_excess, 200)
            self.assertTrue(order.waits_for_credit)
            self.assertFalse(order.waits_for_stock)
            request._withdraw()

    def test_goods_to_come_back_give_no_credit(self):
        """E3: a return makes room when the goods are here, not when it is announced."""
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

    def test_confirmed_order_grows_beside_goods_to_come_back(self):
        """E3: what is added is judged by itself."""
        order = self._as("sales", self._confirm((self.protected, 1)))
        order.order_line.write({"price_unit": 900, "tax_ids": False})
        values = {"product_id": self.protected.id, "tax_ids": False}
        with self.assertRaisesRegex(UserError, "credit limit"):
            order.order_line = [
                Command.create({**values, "product_uom_qty": 1, "price_unit": 5000}),
                Command.create({**values, "product_uom_qty": -1, "price_unit": 5000}),
            ]

    def test_refused_stock_comes_first(self):
        """B4, E3: what is refused for stock asks for no credit."""
        self.company.shortage_policy = "block"
        with self.assertRaises(UserError):
            self._quote(5000, quantity=101).action_confirm()

    # ------------------------------------------------------------------
    # Who decides
    # ------------------------------------------------------------------

    def test_finance_decides(self):
        """B5, E3: an inventory manager passes it on, a finance manager decides."""
        order, request = self._ask(1200)
        self.assertEqual(
            request.asked_group_id,
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
        """B5, E3: the order stays a quotation, and is asked for again."""
        order, request = self._ask(1200)
        self._as("finance", request).action_reject("Not before they pay")
        self.assertEqual((request.state, order.state), ("rejected", "draft"))
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertEqual(
            set(order.override_ids.mapped("state")), {"pending", "rejected"}
        )

    def test_approval_covers_what_it_saw(self):
        """E3: an order that costs more by now asks again."""
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
        """E3: whoever decides sees limit, used, what this adds, and what is beyond."""
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
    # Together
    # ------------------------------------------------------------------

    def test_orders_confirmed_together_are_summed(self):
        """E3: each alone is within the limit, the second one is not any more."""
        orders = self._quote(600) | self._quote(600) | self._quote(300)
        self._as("sales", orders).action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])
        self.assertEqual(orders[1].override_ids.credit_excess, 200)

    def test_stock_and_credit_are_one_request(self):
        """B4, E3: short and beyond the limit: finance decides on both."""
        order, request = self._ask(1500, quantity=110)
        self.assertEqual(len(request), 1)
        self.assertTrue(order.waits_for_stock and order.waits_for_credit)
        self.assertEqual((request.max_shortage_qty, request.credit_excess), (10, 500))
        self._as("manager", request).action_approve("Stock comes tomorrow")
        self.assertEqual(order.state, "draft")
        self._as("finance", request).action_approve("Both are fine")
        self.assertEqual(order.state, "sale")

    def test_stock_arrives_credit_does_not(self):
        """B4, E3: a second confirmation still waits, for credit alone."""
        order, request = self._ask(1500, quantity=110)
        self._receive(self.protected, 50)
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids, request)
        self.assertFalse(order.waits_for_stock)
        self.assertEqual(request.credit_excess, 500)

    def test_credit_is_there_by_now(self):
        """E3: when the customer has paid, the order passes and asks nobody."""
        order, request = self._ask(1200)
        self.customer.with_company(self.company).credit_limit = 2000
        self._as("sales", order).action_confirm()
        self.assertEqual((order.state, request.state), ("sale", "withdrawn"))

    def test_waiting_order_keeps_its_stock(self):
        """B4: what waits for credit is promised to nobody else meanwhile."""
        self._ask(1200, quantity=60)
        self.assertEqual(self._get(self.protected), 40)

    # ------------------------------------------------------------------
    # Growing
    # ------------------------------------------------------------------

    def test_invoiced_on_delivery(self):
        """E3: what is ordered is in use, also before it is delivered."""
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
        """E3: quantity, price and lines, up to the limit and not beyond."""
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

    def test_confirmed_order_given_to_another_customer(self):
        """E3: it is judged by the credit of the customer it is given to."""
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

    def test_order_that_gives_back_adds_no_credit(self):
        """E3: a quotation of less than nothing makes no room for others."""
        self._quote(1000).action_confirm()
        self._quote(-5000).action_confirm()
        self.assertEqual(self._ask(100)[0].state, "draft")

    # ------------------------------------------------------------------
    # Around
    # ------------------------------------------------------------------

    def test_signed_order_is_not_lost(self):
        """B4, E3: it is confirmed, its delivery waits for the decision."""
        order = self._quote(1200)
        order.write({"signature": SIGNATURE, "signed_by": "Patient Customer"})
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.requires_inventory_override)
        self.assertFalse(order.picking_ids)
        self.assertTrue(order.waits_for_credit)
        self._as("finance", order.override_ids).action_approve("Known for years")
        self.assertTrue(order.picking_ids)

    def test_status_written_or_created(self):
        """B4, E3: no other way of confirming leads past the limit, in any phase."""
        for phase in ("dark", "hard"):
            self.company.promise_phase = phase
            order = self._quote(1200)
            order.state = "sale"
            self.assertEqual(order.state, "draft")
            created = self._quote(1200, state="sale")
            self.assertEqual(created.state, "draft")
            self.assertTrue(created.override_ids.credit_excess)

    def test_told_to_other_programs(self):
        """E3, E5: the result says that it waits, and why."""
        order = self._quote(1200)
        checked = order.check_promise()
        self.assertEqual(checked["status"], "pending_approval")
        self.assertIn("credit limit", checked["message"])
        self.assertEqual(order.process_promise()["status"], "pending_approval")
        self.assertEqual(self._quote(100).check_promise()["status"], "success")

    def test_an_order_that_adds_nothing(self):
        """E3: a free replacement is not stopped by what is owed already."""
        self._quote(1000).action_confirm()
        self.customer.with_company(self.company).credit_limit = 500
        self.assertEqual(self._ask(0)[0].state, "sale")

    def test_companies(self):
        """E3: one company's policy says nothing about another's orders."""
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
        """E3: nobody writes a request or its excess."""
        _order, request = self._ask(1200)
        for role in ("sales", "manager", "finance"):
            with self.assertRaises(AccessError):
                self._as(role, request).credit_excess = 0
