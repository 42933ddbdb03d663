# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..exceptions import OrderValidationError
from .common import SIGNATURE, BackorderCommon


class OverrideCommon(BackorderCommon):
    """Five protected units at 100 each, in a company that requires approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_policy = "pending"
        cls.protected.list_price = 100
        cls._set_stock(cls.protected, 5)
        cls.limits = cls.env["backorder.threshold"].search(
            [("company_id", "=", cls.company.id)]
        )
        cls.manager_limit = cls.limits[0]

    def _request(self, quantity=6, role="sales", **values):
        order = self._create_order(
            (self.protected, quantity), user_id=self.users["sales"].id, **values
        )
        self._as(role, order).action_confirm()
        return order

    def _approve(self, order, role="manager", reason="worth it"):
        request = order.override_ids.filtered(lambda one: one.state == "pending")
        return self._as(role, request).action_approve(reason)


@tagged("post_install", "-at_install")
class TestThreshold(OverrideCommon):
    def test_company_starts_with_a_chain(self):
        """B5: inventory managers up to an amount, then finance managers."""
        self.assertEqual(
            self.limits.mapped("group_id"),
            self.env.ref("backorder_atp.group_inventory_manager")
            | self.env.ref("backorder_atp.group_finance_manager"),
        )

    def test_figures_of_the_shortage(self):
        """B5: quantity, share and value of the shortage."""
        request = self._request(10).override_ids
        self.assertEqual(request.max_shortage_qty, 5)
        self.assertEqual(request.max_shortage_percent, 50)
        self.assertEqual(request.shortage_value, 500)

    def test_items_that_are_not_short_show_their_availability(self):
        """B5, B6: items that are short show the reason."""
        plenty = self._create_product("Plenty")
        self._set_stock(plenty, 156)
        order = self._create_order((self.protected, 8), (plenty, 1))
        self._as("sales", order).action_confirm()
        lines = order.override_ids.line_ids
        there = lines.filtered(lambda line: line.product_id == plenty)
        self.assertEqual((there.available_qty, there.shortage_qty), (156, 0))
        self.assertFalse(there.reason)
        self.assertIn("not allowed", (lines - there).reason)

    def test_a_low_price_hides_no_value(self):
        """B5: if the price is below cost, the cost counts."""
        self.protected.standard_price = 70
        self.protected.list_price = 1
        self.assertEqual(self._request(10).override_ids.shortage_value, 350)

    def test_value_counts_in_company_currency(self):
        """B5: the value of an order in another currency is converted."""
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [
                    Command.create({"rate": 4, "company_id": self.company.id})
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        request = self._request(10, pricelist_id=pricelist.id).override_ids
        self.assertAlmostEqual(request.shortage_value, 500, places=1)

    def test_beyond_the_limit_is_escalated_to_the_next_role(self):
        """B5, B10: finance must decide above the inventory manager's amount."""
        self.manager_limit.max_value = 99
        order = self._request()
        finance = self.env.ref("backorder_atp.group_finance_manager")
        self.assertEqual(order.override_ids.assigned_group_id, finance)
        action = self._approve(order)
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.activity_ids.user_id, self.users["finance"])
        self.assertTrue(self._get_events("order:approval_escalated", order_id=order))
        self._approve(order, "finance")
        self.assertEqual(order.state, "sale")

    def test_each_limit_counts(self):
        """B5: quantity, share and value, each by itself."""
        for name, low, high in (
            ("max_quantity", 4, 5),
            ("max_percent", 49, 50),
            ("max_value", 499, 500),
        ):
            with self.subTest(name):
                self.manager_limit.write(
                    {"max_quantity": 0, "max_percent": 0, "max_value": 0, name: low}
                )
                order = self._request(10)
                self._approve(order)
                self.assertEqual(order.state, "draft")
                self.manager_limit[name] = high
                self._approve(order)
                self.assertEqual(order.state, "sale")
                order._action_cancel()

    def test_beyond_every_limit(self):
        """B5: if no role covers the request, the message says what to do."""
        self.limits.write({"max_value": 1})
        order = self._request()
        with self.assertRaisesRegex(
            UserError, "exceeds the approval limit of every role"
        ):
            self._approve(order, "finance")
        self.assertEqual(order.override_ids.state, "pending")

    def test_only_managing_roles_approve(self):
        """B5: a limit cannot make a salesperson an approver."""
        with self.assertRaisesRegex(ValidationError, "cannot approve"):
            self.limits.create(
                {
                    "company_id": self.company.id,
                    "group_id": self.env.ref("sales_team.group_sale_salesman").id,
                }
            )

    def test_limits_are_set_by_administrators(self):
        """B5: approvers cannot raise their own limits."""
        with self.assertRaises(AccessError):
            self._as("finance", self.limits[0]).max_value = 0
        with self.assertRaises(AccessError):
            self._as("manager", self.limits[0]).unlink()


@tagged("post_install", "-at_install")
class TestDecision(OverrideCommon):
    def _as_requesting_manager(self):
        self.users["manager"].group_ids += self.env.ref("sales_team.group_sale_manager")

    def test_own_requests_are_not_approved(self):
        """B5: the requester may not approve, unless the company allows it."""
        self._as_requesting_manager()
        order = self._request(role="manager")
        with self.assertRaisesRegex(AccessError, "your own request"):
            self._approve(order)
        self.company.backorder_self_approval = True
        self._approve(order)
        self.assertEqual(order.state, "sale")

    def test_own_request_is_notified_not_opened(self):
        """B5: the wizard does not open for users who may not decide."""
        self._as_requesting_manager()
        order = self._create_order((self.protected, 6))
        action = self._as("manager", order).action_confirm()
        self.assertEqual(action["tag"], "display_notification")

    def test_approve_phase_passes_with_a_reason(self):
        """B9: in the approve phase users who may override confirm with a reason."""
        self.company.promise_phase = "soft"
        self._as_requesting_manager()
        order = self._create_order((self.protected, 6))
        action = self._as("manager", order).action_confirm()
        self.assertEqual(order.state, "draft")
        wizard = Form.from_action(self.env(user=self.users["manager"]), action)
        wizard.reason = "known customer"
        wizard.save().action_approve()
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            self._get_events("order:approved", order_id=order).reason, "known customer"
        )

    def test_wizard_shows_the_figures(self):
        """B5, B17: short items, the current explanation and the value."""
        order = self._request(8)
        action = self._as("manager", order).action_open_override()
        wizard = Form.from_action(self.env(user=self.users["manager"]), action)
        self.assertEqual(wizard.shortage_value, 300)
        self.assertEqual(len(wizard.line_ids), 1)
        figures = {
            figure["name"]: figure["quantity"]
            for figure in wizard.explanation[0]["figures"]
        }
        self.assertEqual((figures["on_hand"], figures["atp"]), (5, 5))

    def test_wizard_shows_affected_orders(self):
        """B5: a backordered order behind this one gets less and later."""
        self._force_stock(self.protected, -5)
        self.protected.allow_backorder = "yes"
        backordered = self._confirm((self.protected, 4))
        self.protected.allow_backorder = "inherit"
        self._create_receipt(self.protected, 6)
        order = self._request(5, backorder_priority="urgent")
        losers = order.override_ids._get_losers()
        self.assertEqual([loser["order_id"] for loser in losers], backordered.ids)
        self.assertEqual(losers[0]["lost_qty"], 3)
        self.assertTrue(losers[0]["date_before"])
        self.assertIs(losers[0]["date_after"], False)
        action = self._as("manager", order).action_open_override()
        wizard = Form.from_action(self.env(user=self.users["manager"]), action)
        self.assertEqual(len(wizard.loser_ids), 1)

    def test_orders_ahead_in_the_queue_are_not_affected(self):
        """B5: an order at the end of the queue takes nothing from the others."""
        self._force_stock(self.protected, -5)
        self.protected.allow_backorder = "yes"
        self._confirm((self.protected, 4), backorder_priority="high")
        self.protected.allow_backorder = "inherit"
        self._create_receipt(self.protected, 6)
        self.assertEqual(self._request(5).override_ids._get_losers(), [])

    def test_rejection_retries_backorders(self):
        """B4, C2: the committed quantity of a rejected order goes to others."""
        self.protected.allow_backorder = "yes"
        self._confirm((self.protected, 8))
        self.protected.allow_backorder = "inherit"
        requested = self._request(1)
        self.retries.search([]).unlink()
        self._as("manager", requested.override_ids).action_reject("no")
        self.assertEqual(self.retries.search([]).product_id, self.protected)

    def test_requester_withdraws(self):
        """B4: the requester may withdraw; nothing stays committed."""
        order = self._request()
        self.assertEqual(self._get(self.protected), -1)
        self._as("sales", order.override_ids).action_withdraw("not needed")
        self.assertEqual(order.override_ids.state, "withdrawn")
        self.assertFalse(order.requires_inventory_override)
        self.assertEqual(self._get(self.protected), 5)
        event = self._get_events("order:override_withdrawn", order_id=order)
        self.assertEqual(event.reason, "not needed")

    def test_others_do_not_withdraw(self):
        """B4: a salesperson cannot withdraw a colleague's request."""
        order = self._request()
        colleague = new_test_user(
            self.env,
            "backorder_colleague",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            order.override_ids.with_user(colleague).action_withdraw("mine")

    def test_undo_before_shipping(self):
        """B5: an approval can be undone before anything is shipped."""
        order = self._request()
        self._approve(order)
        self.assertEqual(self._get(self.protected), -1)
        self._as("manager", order.override_ids).action_undo("wrong customer")
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.state, "withdrawn")
        self.assertEqual(self._get(self.protected), 5)
        order.action_confirm()
        self.assertTrue(order.requires_inventory_override)

    def test_no_undo_after_shipping(self):
        """B5: a shipped order cannot be undone."""
        order = self._request()
        self._approve(order)
        self._validate(order.picking_ids)
        with self.assertRaisesRegex(UserError, "already been shipped"):
            self._as("manager", order.override_ids).action_undo("late")
        self.assertEqual(order.override_ids.state, "approved")

    def test_undo_keeps_a_signed_order(self):
        """B4: a signed order stays confirmed: its delivery is withheld again."""
        order = self._create_order((self.protected, 6))
        order.sudo().write({"signature": SIGNATURE, "signed_by": "Customer"})
        order.action_confirm()
        self._approve(order)
        self.assertTrue(order.picking_ids)
        self._as("manager", order.override_ids).action_undo("think again")
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.requires_inventory_override)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(self._get(self.protected), -1)
        self._approve(order)
        self.assertFalse(order.requires_inventory_override)
        self.assertEqual(self._get(self.protected), -1)

    def test_operators_cannot_undo(self):
        """B5: only managers undo approvals."""
        order = self._request()
        self._approve(order)
        for role in ("sales", "operator"):
            with self.assertRaises(AccessError):
                self._as(role, order.override_ids).action_undo("me")

    def test_confirming_again_keeps_one_request(self):
        """B4: other addons may confirm an order again and again."""
        order = self._request()
        request = order.override_ids
        self._as("sales", order).action_confirm()
        self.assertEqual(order.override_ids, request)
        self.assertEqual(len(request.activity_ids), 1)
        self._as("manager", request).action_reject("not now")
        self._as("sales", order).action_confirm()
        self.assertEqual((order.override_ids - request).state, "pending")


@tagged("post_install", "-at_install")
class TestIncrease(OverrideCommon):
    def _increase(self, order, quantity, role="sales"):
        self._as(role, order.order_line).product_uom_qty = quantity
        return order.override_ids.filtered(lambda request: request.state == "pending")

    def _sell(self, quantity=5):
        return self._confirm((self.protected, quantity), user_id=self.users["sales"].id)

    def test_short_increase_becomes_a_request(self):
        """B4: the line keeps its quantity and requests more, which is committed."""
        order = self._sell(4)
        request = self._increase(order, 7)
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertEqual(request.kind, "increase")
        self.assertEqual(request.line_ids.shortage_qty, 2)
        self.assertTrue(order.has_open_increase)
        self.assertFalse(order.requires_inventory_override)
        self.assertEqual(self._get(self.protected), -2)
        self._approve(order)
        self.assertEqual(order.order_line.product_uom_qty, 7)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 7)
        self.assertEqual(self._get(self.protected), -2)

    def test_increase_is_refused_by_the_shortage_policy(self):
        """B4: with `block` no approval can be requested."""
        order = self._sell()
        self.company.shortage_policy = "block"
        with self.assertRaises(OrderValidationError):
            self._increase(order, 6)
        self.assertEqual(order.order_line.product_uom_qty, 5)

    def test_available_increase_needs_no_request(self):
        """B4: only short increases need approval."""
        order = self._sell(3)
        self.assertFalse(self._increase(order, 5))
        self.assertEqual(order.order_line.product_uom_qty, 5)

    def test_rejected_increase_leaves_the_line(self):
        """B4: the order keeps its quantity; others get the stock."""
        order = self._sell(4)
        request = self._increase(order, 7)
        self._as("manager", request).action_reject("no")
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._get(self.protected), 1)

    def test_changing_the_line_voids_the_request(self):
        """B5: an approval covers only the requested change."""
        order = self._sell(4)
        request = self._increase(order, 7)
        order.order_line.product_uom_qty = 3
        self.assertEqual(request.state, "withdrawn")
        self.assertEqual(self._get(self.protected), 2)

    def test_second_request_replaces_the_first(self):
        """B4: an order has one pending request, with the latest quantities."""
        order = self._sell(4)
        request = self._increase(order, 7)
        self.assertEqual(self._increase(order, 9), request)
        self.assertEqual(request.line_ids.new_qty, 9)
        self.assertEqual(self._get(self.protected), -4)

    def test_added_line_has_no_quantity_until_approved(self):
        """B4: a line added to a confirmed order requests its quantity."""
        order = self._sell(5)
        order.with_user(self.users["sales"]).write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.protected.id, "product_uom_qty": 2}
                    )
                ]
            }
        )
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5, 0])
        self._approve(order)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5, 2])

    def test_undo_restores_the_quantity(self):
        """B5: the increase is undone, not the order."""
        order = self._sell(4)
        request = self._increase(order, 7)
        self._approve(order)
        self._as("manager", request).action_undo("mistake")
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._get(self.protected), 1)

    def test_cancelling_the_order_withdraws(self):
        """B4: nothing stays committed."""
        order = self._sell(4)
        request = self._increase(order, 7)
        order._action_cancel()
        self.assertEqual(request.state, "withdrawn")
        self.assertEqual(self._get(self.protected), 5)

    def test_approval_of_an_order_covers_no_increase(self):
        """B5: an increase after the approval needs another one."""
        order = self._request(6)
        self._approve(order)
        request = self._increase(order, 8)
        self.assertEqual(order.order_line.product_uom_qty, 6)
        self.assertEqual(request.kind, "increase")

    def test_increase_beyond_the_limit(self):
        """B5: an increase is measured like an order."""
        self.manager_limit.max_value = 150
        order = self._sell(4)
        self._increase(order, 7)
        self._approve(order)
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self._approve(order, "finance")
        self.assertEqual(order.order_line.product_uom_qty, 7)

    def test_other_changes_are_refused(self):
        """B4: another product or unit cannot be requested, only more."""
        order = self._sell(4)
        other = self._create_product("Other")
        with self.assertRaises(OrderValidationError):
            order.order_line.write({"product_id": other.id, "product_uom_qty": 2})
        self.assertEqual(order.order_line.product_id, self.protected)


@tagged("post_install", "-at_install")
class TestAcknowledgement(OverrideCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.discrepancy = cls.env["stock.discrepancy"].create(
            {
                "product_id": cls.protected.id,
                "warehouse_id": cls.warehouse.id,
                "expected_qty": 5,
                "counted_qty": 1,
                "severity": "critical",
            }
        )

    def test_discrepancy_is_acknowledged_by_name(self):
        """B2, B10: approving under a lock needs the name of the discrepancy, and is
        logged."""
        order = self._request(2)
        self.assertTrue(order.requires_inventory_override)
        with self.assertRaisesRegex(UserError, self.discrepancy.name):
            self._approve(order)
        self._as("manager", order.override_ids).action_approve(
            "counted again", [self.discrepancy.name]
        )
        self.assertEqual(order.state, "sale")
        event = self._get_events("order:approved", order_id=order)
        self.assertEqual(event.payload["acknowledged"], [self.discrepancy.name])

    def test_wizard_requires_each_acknowledgement(self):
        """B2: selecting a discrepancy acknowledges it."""
        order = self._request(2)
        action = self._as("manager", order).action_open_override()
        wizard = Form.from_action(self.env(user=self.users["manager"]), action)
        wizard.reason = "counted again"
        self.assertEqual(wizard.discrepancy_ids[:], self.discrepancy)
        decision = wizard.save()
        with self.assertRaisesRegex(UserError, "Acknowledge"):
            decision.action_approve()
        wizard.acknowledged_ids.add(self.discrepancy)
        wizard.save().action_approve()
        self.assertEqual(order.state, "sale")

    def test_soft_lock_is_acknowledged_with_enough_stock(self):
        """B2, B10: a soft lock passes once acknowledged."""
        self.company.discrepancy_lock_critical = "soft"
        order = self._request(2)
        line = order.override_ids.line_ids
        self.assertEqual((line.is_short, line.shortage_qty), (True, 0))
        self._as("manager", order.override_ids).action_approve(
            "seen", [self.discrepancy.name]
        )
        self.assertEqual(order.state, "sale")

    def test_resolved_needs_no_acknowledgement(self):
        """B2: a discrepancy resolved meanwhile has no effect."""
        order = self._request(6)
        self.discrepancy.action_resolve("found them")
        self._approve(order)
        self.assertEqual(order.state, "sale")
