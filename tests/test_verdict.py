# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.http import serialize_exception
from odoo.tests import Form, tagged

from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.sale.models.sale_order import SaleOrder as CoreOrder

from ..exceptions import InsufficientStockError, OrderValidationError
from .common import SIGNATURE, BackorderCommon


class VerdictCommon(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.protected, 5)

    def _get_outcome(self, order):
        try:
            with self.env.cr.savepoint():
                order.action_confirm()
        except OrderValidationError:
            return "refused"
        return "pending" if order.requires_inventory_override else order.state

    def _request(self, quantity=6):
        self.company.shortage_policy = "pending"
        order = self._create_order(
            (self.protected, quantity), user_id=self.users["sales"].id
        )
        self._as("sales", order).action_confirm()
        return order


@tagged("post_install", "-at_install")
class TestVerdict(VerdictCommon):
    def test_refusal_is_shown_as_a_dialog(self):
        """B3, A3: the web client can show the message of a refusal."""
        for refusal in (OrderValidationError, InsufficientStockError):
            data = serialize_exception(refusal("Why"))
            self.assertEqual(data["arguments"], ("Why",))
            self.assertEqual(
                data["context"], {"exception_class": "odoo.exceptions.UserError"}
            )

    def test_table(self):
        """B4, B9: phase and shortage policy decide about a short order."""
        for phase, policy, outcome in (
            ("dark", "block", "sale"),
            ("dark", "pending", "sale"),
            ("soft", "block", "pending"),
            ("soft", "pending", "pending"),
            ("hard", "block", "refused"),
            ("hard", "pending", "pending"),
        ):
            with self.subTest(phase=phase, policy=policy):
                self.company.write({"promise_phase": phase, "shortage_policy": policy})
                order = self._create_order((self.protected, 6))
                self.assertEqual(self._get_outcome(order), outcome)
                order._action_cancel()

    def test_approve_phase_requires_a_reason_for_an_increase(self):
        """B9: even users who may override need a request, and another product is
        refused."""
        self.company.promise_phase = "soft"
        order = self._as("manager", self._confirm((self.backorderable, 6)))
        with self.assertRaisesRegex(OrderValidationError, "Protected: requested 6.0"):
            order.order_line.product_id = self.protected
        self.assertFalse(self._get_events("order:approved", order_id=order))

    def test_enough_passes_and_allowed_passes_as_backorder(self):
        """B4, B10: the normal case, with stock and with permission."""
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            product = self._create_product("Enough")
            self._set_stock(product, 5)
            order = self._confirm((product, 5), (self.backorderable, 2))
            self.assertEqual(order.state, "sale")
            self.assertEqual(order.order_line.mapped("backorder_qty"), [0, 2])
            self.assertFalse(order.requires_inventory_override)

    def test_monitor_phase_logs_what_would_be_refused(self):
        """B9: the monitor phase logs for administrators only, and stops nothing."""
        self.company.promise_phase = "dark"
        order = self._confirm((self.protected, 6))
        event = self._get_events("order:would_block", order_id=order)
        self.assertEqual(event.payload["lines"][0]["shortfall"], 1)
        self.assertFalse(
            self._as("manager", self.events).search([("id", "=", event.id)])
        )

    def test_one_message_lists_every_short_line(self):
        """B3, B10: requested, available, reason and what to do; nothing is written."""
        other = self._create_product("Other")
        order = self._create_order((self.protected, 6), (other, 2))
        with self.assertRaises(OrderValidationError) as caught:
            order.action_confirm()
        message = str(caught.exception)
        for part in (
            order.name,
            "Protected: requested 6.0, available 5.0",
            "Other: requested 2.0",
            self.warehouse.name,
            "backorders are not allowed",
            "inventory manager",
        ):
            self.assertIn(part, message)
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.picking_ids)

    def test_lines_of_one_product_are_summed(self):
        """B3: two lines of three are six."""
        order = self._create_order((self.protected, 3), (self.protected, 3))
        with self.assertRaisesRegex(
            OrderValidationError, "requested 3.0, available 2.0"
        ):
            order.action_confirm()

    def test_orders_confirmed_together_are_summed(self):
        """B3: orders confirmed together share the stock."""
        orders = self._create_order((self.protected, 3)) | self._create_order(
            (self.protected, 3)
        )
        with self.assertRaises(OrderValidationError) as caught:
            orders.action_confirm()
        self.assertNotIn(orders[0].name, str(caught.exception))
        self.assertIn(orders[1].name, str(caught.exception))

    def test_only_the_short_order_is_pending(self):
        """B4: of orders confirmed together, only the short one needs approval."""
        self.company.shortage_policy = "pending"
        orders = self._create_order((self.protected, 3)) | self._create_order(
            (self.protected, 3)
        )
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "draft"])
        self.assertEqual(orders.mapped("requires_inventory_override"), [False, True])

    def test_pending_order_reaches_no_other_addon(self):
        """B4: other addons' extensions of the confirmation do not run for it."""
        self.company.shortage_policy = "pending"
        orders = self._create_order((self.protected, 3)) | self._create_order(
            (self.protected, 3)
        )
        seen = self.env["sale.order"]
        core_confirm = CoreOrder.action_confirm

        def action_confirm(confirmed):
            nonlocal seen
            seen |= confirmed
            return core_confirm(confirmed)

        with patch.object(CoreOrder, "action_confirm", action_confirm):
            orders.action_confirm()
        self.assertEqual(seen, orders[0])

    def test_patch_of_another_addon_is_kept(self):
        """B4: an earlier replacement of the confirmation is called with the orders that
        pass, and is restored when this one is removed."""
        self.company.shortage_policy = "pending"
        orders, model_class = self.env["sale.order"], self.registry["sale.order"]
        short = self._create_order((self.protected, 100))
        order = self._create_order((self.backorderable, 1))
        seen = []
        orders._unregister_hook()
        self.addCleanup(orders._register_hook)
        found = model_class.action_confirm

        def action_confirm(confirmed):
            seen.append(confirmed)
            return found(confirmed)

        with patch.object(model_class, "action_confirm", action_confirm):
            orders._register_hook()
            (order | short).action_confirm()
            orders._unregister_hook()
            self.assertIs(model_class.action_confirm, action_confirm)
        self.assertEqual(seen, [order])
        self.assertEqual(order.state, "sale")
        self.assertTrue(short.requires_inventory_override)

    def test_orders_are_checked_during_installation(self):
        """B4: a short order needs approval even before the registry is ready."""
        self.company.shortage_policy = "pending"
        orders = self.env["sale.order"]
        orders._unregister_hook()
        self.addCleanup(orders._register_hook)
        order = self._create_order((self.protected, 100))
        order.action_confirm()
        self.assertTrue(order.requires_inventory_override)
        self.assertEqual(order.state, "draft")

    def test_approval_race(self):
        """B4, B10: stock available at the quotation may be gone at the approval."""
        first = self._create_order((self.protected, 5))
        second = self._create_order((self.protected, 5))
        self.assertFalse(second.order_line.is_promise_short)
        first.action_confirm()
        with self.assertRaises(OrderValidationError):
            second.action_confirm()

    def test_lines_without_stock_pass(self):
        """B3: services, sections, notes and untracked goods are not checked."""
        service = self._create_product("Service", is_storable=False, type="service")
        goods = self._create_product("Goods", is_storable=False)
        order = self._confirm(
            (service, 9), (goods, 9), {"display_type": "line_note", "name": "Note"}
        )
        self.assertEqual(order.state, "sale")

    def test_write_state(self):
        """B4: writing state = sale by RPC is checked."""
        order = self._create_order((self.protected, 6))
        with self.assertRaises(OrderValidationError):
            order.write({"state": "sale"})
        self.company.shortage_policy = "pending"
        order.write({"state": "sale"})
        self.assertEqual(order.state, "draft")
        self.assertTrue(order.requires_inventory_override)
        order._action_cancel()
        fitting = self._create_order((self.protected, 5))
        fitting.write({"state": "sale"})
        self.assertEqual(fitting.backorder_state, "allocated")
        self.assertEqual(self._get(self.protected), 0)

    def test_write_lines_and_state_together(self):
        """B4: the final lines are checked, not those before the write."""
        order = self._create_order((self.protected, 1))
        with self.assertRaises(OrderValidationError):
            order.write(
                {
                    "state": "sale",
                    "order_line": [
                        Command.update(order.order_line.id, {"product_uom_qty": 6})
                    ],
                }
            )

    def test_create_confirmed(self):
        """B4: an order created as confirmed, as by an import, is checked."""
        with self.assertRaises(OrderValidationError):
            self._create_order((self.protected, 6), state="sale")
        order = self._create_order((self.protected, 4), state="sale")
        self.assertEqual((order.state, order.backorder_state), ("sale", "allocated"))
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 4), state="sale")
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.picking_ids)

    def test_import(self):
        """B4: imported orders are checked."""
        result = self.env["sale.order"].load(
            [
                "partner_id/.id",
                "company_id/.id",
                "state",
                "order_line/product_id/.id",
                "order_line/product_uom_qty",
            ],
            [[self.customer.id, self.company.id, "sale", self.protected.id, "6"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("available 5.0", result["messages"][0]["message"])

    def test_catalog(self):
        """B4: changes in the product catalog of a confirmed order are checked."""
        order = self._confirm((self.protected, 1))
        with MockRequest(self.env), self.assertRaises(OrderValidationError):
            order._update_order_line_info(self.protected.id, 6)
        self.assertEqual(order.order_line.product_uom_qty, 1)

    def test_only_the_increase_is_checked(self):
        """B4: only the additional quantity of a line is checked."""
        order = self._confirm((self.protected, 3))
        order.order_line.product_uom_qty = 5
        self.assertEqual(self._get(self.protected), 0)
        with self.assertRaisesRegex(
            OrderValidationError, "requested 1.0, available 0.0"
        ):
            order.order_line.product_uom_qty = 6
        self.assertEqual(order.order_line.product_uom_qty, 5)

    def test_increase_by_unit(self):
        """B4: changing the unit of a confirmed line is an increase as well."""
        order = self._confirm((self.protected, 2))
        with self.assertRaises(OrderValidationError):
            order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")

    def test_added_line(self):
        """B4: a line added to a confirmed order is checked."""
        order = self._confirm((self.protected, 3))
        with self.assertRaises(OrderValidationError):
            order.order_line = [
                Command.create({"product_id": self.protected.id, "product_uom_qty": 3})
            ]
        order.order_line = [
            Command.create({"product_id": self.protected.id, "product_uom_qty": 2})
        ]
        self.assertEqual(self._get(self.protected), 0)

    def test_decrease_and_cancel_release(self):
        """B3, B4: a lower or cancelled quantity is free again."""
        order = self._confirm((self.protected, 5))
        order.order_line.product_uom_qty = 2
        self.assertEqual(self._get(self.protected), 3)
        order._action_cancel()
        self.assertEqual(self._get(self.protected), 5)

    def test_demand_raised_on_the_delivery(self):
        """B4: a quantity raised on the delivery is checked."""
        order = self._confirm((self.protected, 3))
        move = order.picking_ids.move_ids
        with self.assertRaises(OrderValidationError):
            move.product_uom_qty = 6
        move.product_uom_qty = 5
        self.assertEqual(self._get(self.protected), 0)

    def test_more_shipped_than_ordered(self):
        """B3, B4: shipping more than ordered does not take stock from others."""
        mine = self._confirm((self.protected, 3))
        self._confirm((self.protected, 2))
        with self.assertRaises(OrderValidationError):
            self._validate(mine.picking_ids, 4)
        self.assertNotEqual(mine.picking_ids.state, "done")

    def test_context_and_flags_have_no_effect(self):
        """B5: no context key and no field of the order bypasses the check."""
        order = self._as("sales", self._create_order((self.protected, 6)))
        for name in ("backorder_state", "requires_inventory_override", "hold_since"):
            with self.assertRaisesRegex(AccessError, "cannot be edited"):
                order.write({name: False})
        with self.assertRaises(OrderValidationError):
            order.with_context(
                skip_check=True, force=True, approved=True
            ).action_confirm()
        with self.assertRaises(AccessError):
            order.env["backorder.override"].create(
                {"order_id": order.id, "state": "approved"}
            )

    def test_signed_order_is_confirmed_and_its_delivery_withheld(self):
        """B4: a signed order is never refused."""
        order = self._create_order((self.protected, 6), signature=SIGNATURE)
        order.with_user(self.env.ref("base.public_user")).sudo()._validate_order()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.requires_inventory_override)
        self.assertFalse(order.picking_ids)
        self.assertEqual(order.backorder_state, "backordered")
        self.assertEqual(self._get(self.protected), -1)
        self._as("manager", order.override_ids).action_approve("customer waits")
        self.assertTrue(order.picking_ids)
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertEqual(self._get(self.protected), -1)

    def test_paid_order_is_confirmed_and_its_delivery_withheld(self):
        """B4: nor is a paid order."""
        order = self._create_order((self.protected, 6))
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "reference": "paid",
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.picking_ids)
        order.override_ids.action_reject("no")
        self.assertEqual(order.state, "cancel")
        self.assertIn("refund", order.message_ids.mapped("body")[0])

    def test_locked_order_is_released_too(self):
        """B4: a locked order's withheld delivery can be approved."""
        self.env.user.group_ids += self.env.ref("sale.group_auto_done_setting")
        order = self._create_order((self.protected, 6), signature=SIGNATURE)
        order.action_confirm()
        order.action_lock()
        order.override_ids.action_approve("fine")
        self.assertTrue(order.picking_ids)
        self.assertTrue(order.locked)

    def test_manager_approves_in_the_wizard(self):
        """B4: an approval with a reason confirms the order and is logged."""
        order = self._request()
        action = self._as("manager", order).action_open_override()
        wizard = Form.from_action(self.env(user=self.users["manager"]), action)
        wizard.reason = "strategic customer"
        wizard.save().action_approve()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.requires_inventory_override)
        event = self._get_events("order:approved", order_id=order)
        self.assertEqual(event.reason, "strategic customer")
        self.assertEqual(event.user_id, self.users["manager"])
        self.assertEqual(event.payload["lines"][0]["available"], 5)

    def test_sales_cannot_approve(self):
        """B5, B10: salespeople request, but do not decide."""
        order = self._request()
        with self.assertRaises(AccessError):
            self._as("sales", order.override_ids).action_approve("me")
        with self.assertRaises(AccessError):
            self._as("operator", order.override_ids).action_approve("me")

    def test_reason_is_required(self):
        """B4: a decision requires a reason."""
        with self.assertRaisesRegex(UserError, "A reason is required"):
            self._as("manager", self._request().override_ids).action_approve(" ")

    def test_reject_returns_to_quotation(self):
        """B4: a rejected order commits nothing."""
        order = self._request()
        self._as("manager", order.override_ids).action_reject("no")
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.requires_inventory_override)
        self.assertEqual(self._get(self.protected), 5)

    def test_decided_once(self):
        """B6: a request is decided only once."""
        request = self._request().override_ids
        request.action_approve("yes")
        with self.assertRaisesRegex(UserError, "already been decided"):
            request.action_reject("no")

    def test_approval_covers_the_shown_quantity(self):
        """B4: a line increased later needs another approval."""
        order = self._request(6)
        order.order_line.product_uom_qty = 9
        with self.assertRaisesRegex(UserError, "has changed"):
            order.override_ids.action_approve("six")
        order.action_confirm()
        self.assertEqual(order.override_ids.line_ids.requested_qty, 9)
        order.override_ids.action_approve("nine")
        self.assertEqual(order.state, "sale")

    def test_approver_gets_one_activity(self):
        """B4: the approver gets one activity, closed by the decision."""
        self.company.backorder_responsible_id = self.users["manager"]
        order = self._request()
        order.action_confirm()
        request = order.override_ids
        self.assertEqual(request.activity_ids.user_id, self.users["manager"])
        self.assertEqual(len(request.activity_ids), 1)
        request.action_approve("yes")
        self.assertFalse(request.activity_ids)

    def test_client_shows_the_request(self):
        """B4: salespeople see that approval is requested, managers decide at once."""
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 6))
        action = self._as("sales", order).action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.company.promise_phase = "soft"
        order = self._create_order((self.protected, 6))
        self.users["manager"].group_ids += self.env.ref("sales_team.group_sale_manager")
        action = self._as("manager", order).action_confirm()
        self.assertEqual(action["res_model"], "backorder.decision")

    def test_cancel_withdraws(self):
        """B4: cancelling a pending order withdraws its request."""
        order = self._request()
        order._action_cancel()
        self.assertEqual(order.override_ids.state, "withdrawn")
        self.assertFalse(order.requires_inventory_override)

    def test_duplicate_is_checked_again(self):
        """B5: a copy of an approved order has no approval."""
        order = self._request()
        order.override_ids.action_approve("yes")
        copy = order.copy()
        copy.action_confirm()
        self.assertEqual(copy.state, "draft")
        self.assertTrue(copy.requires_inventory_override)

    def test_confirmed_again_is_checked_again(self):
        """B4, B5: after a cancellation the order is checked with the current stock."""
        order = self._confirm((self.protected, 5))
        order._action_cancel()
        order.action_draft()
        self._confirm((self.protected, 1))
        with self.assertRaises(OrderValidationError):
            order.action_confirm()
