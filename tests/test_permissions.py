# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..exceptions import OrderValidationError
from .common import SIGNATURE
from .test_override import OverrideCommon


@tagged("post_install", "-at_install")
class TestWhatADecisionCovers(OverrideCommon):
    """An approval, a signature or a payment covers only the terms that were shown."""

    def _approved(self, quantity=20):
        order = self._request(quantity)
        self._approve(order, "finance")
        self.assertEqual(order.state, "sale")
        return order

    def test_approval_ends_when_the_order_is_a_quotation_again(self):
        """B5: an order written back to a quotation is checked like any other."""
        order = self._approved()
        for state in ("draft", "sent"):
            self._as("sales", order).write({"state": state})
            self.assertEqual(order.override_ids[:1].state, "withdrawn")
            self._as("sales", order).write({"state": "sale"})
            self.assertEqual(order.state, state)
            self.assertTrue(order.requires_inventory_override)
            self._approve(order, "finance")
            self.assertEqual(order.state, "sale")

    def test_approval_is_for_the_partner_that_was_shown(self):
        """B5: it does not cover another customer."""
        order = self._request(20)
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        self._as("sales", order).partner_id = other
        with self.assertRaisesRegex(UserError, "has changed since"):
            self._approve(order, "finance")
        self._as("finance", order.override_ids).action_open_approval()
        self._approve(order, "finance")
        self.assertEqual(order.state, "sale")

    def test_approval_is_for_the_price_that_was_shown(self):
        """B5: after a price change the approver must decide again."""
        order = self._request(20)
        self._as("sales", order.order_line).discount = 90
        with self.assertRaisesRegex(UserError, "has changed since"):
            self._approve(order, "finance")

    def test_salesperson_cannot_change_the_shown_terms(self):
        """B5: only opening the decision updates them."""
        order = self._request(20)
        self._as("sales", order.order_line).price_unit = 1
        self._as("sales", order.override_ids).action_open_approval()
        with self.assertRaisesRegex(UserError, "has changed since"):
            self._approve(order, "finance")

    def test_lowered_request_is_approved_with_its_current_quantity(self):
        """B5: a quantity reduced while pending is not approved."""
        order = self._request(1000)
        self._as("sales", order.order_line).product_uom_qty = 9
        self._as("manager", order.override_ids).action_open_approval()
        self.assertEqual(order.override_ids.line_ids.requested_qty, 9)
        self._as("sales", order.order_line).product_uom_qty = 1000
        with self.assertRaisesRegex(UserError, "has changed since"):
            self._approve(order, "finance")
        self._as("sales", order.order_line).product_uom_qty = 9
        self._approve(order)
        self._as("sales", order.order_line).product_uom_qty = 1000
        self.assertEqual(order.order_line.product_uom_qty, 9)

    # ------------------------------------------------------------------
    # Signed or paid
    # ------------------------------------------------------------------

    def _sign(self, quantity=2):
        order = self._create_order((self.protected, quantity))
        order.sudo().write({"signature": SIGNATURE, "signed_by": "Customer"})
        return order

    def test_signature_covers_what_was_signed(self):
        """B4: a larger quantity or another price is not covered."""
        self.company.shortage_policy = "block"
        order = self._sign()
        self._as("sales", order.order_line).product_uom_qty = 1000
        with self.assertRaises(OrderValidationError):
            self._as("sales", order).action_confirm()
        order = self._sign(8)
        self._as("sales", order.order_line).price_unit = 1
        with self.assertRaises(OrderValidationError):
            self._as("sales", order).action_confirm()
        order = self._sign(8)
        self._as("sales", order.order_line).product_uom_qty = 7
        self._as("sales", order).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.requires_inventory_override)

    def test_signed_order_can_be_rejected(self):
        """B5: the order is cancelled and commits nothing."""
        order = self._sign(8)
        order.user_id = self.users["sales"]
        order.action_confirm()
        self.assertEqual(self._get(self.protected), -3)
        self._as("manager", order.override_ids).action_reject("never")
        self.assertEqual(
            (order.state, order.override_ids.state), ("cancel", "rejected")
        )
        self.assertFalse(order.requires_inventory_override)
        self.assertEqual(self._get(self.protected), 5)
        message = order.message_ids.filtered(lambda one: "never" in one.body)
        self.assertIn("refund", message.body)
        self.assertEqual(message.notified_partner_ids, self.users["sales"].partner_id)

    def _pay(self, order, amount):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "reference": f"{order.name} {amount} {len(order.transaction_ids)}",
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )

    def test_part_of_the_price_is_not_paid(self):
        """B4: a partly paid or refunded order counts as not paid."""
        self.company.shortage_policy = "block"
        order = self._create_order((self.protected, 8))
        self._pay(order, 1)
        with self.assertRaises(OrderValidationError):
            order.action_confirm()
        self._pay(order, order.amount_total - 1)
        refund = self._pay(order, -order.amount_total)
        with self.assertRaises(OrderValidationError):
            order.action_confirm()
        refund.state = "cancel"
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_required_down_payment_is_enough(self):
        """B4: the prepayment required by the quotation counts as paid."""
        self.company.shortage_policy = "block"
        order = self._create_order(
            (self.protected, 8), require_payment=True, prepayment_percent=0.3
        )
        self._pay(order, order.amount_total * 0.3)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_payment_covers_what_was_paid_for(self):
        """B4: a larger quantity at a lower price is not covered."""
        self.company.shortage_policy = "block"
        order = self._create_order((self.protected, 1))
        self._pay(order, order.amount_total)
        self._as("sales", order.order_line).write(
            {"product_uom_qty": 1000, "price_unit": 0.1}
        )
        with self.assertRaises(OrderValidationError):
            self._as("sales", order).action_confirm()


@tagged("post_install", "-at_install")
class TestNotifications(OverrideCommon):
    """Requesters and approvers are notified."""

    def test_to_do_opens_the_decision(self):
        """B5: the activity is on the request, which its user may open."""
        order = self._request()
        activity = order.override_ids.activity_ids
        self.assertEqual(activity.user_id, self.users["manager"])
        action = self._as("manager", activity).action_open_document()
        self.assertEqual(action["res_model"], "backorder.decision")
        form = Form.from_action(self.env(user=self.users["manager"]), action)
        self.assertEqual(form.order_id, order)
        self._as("manager", order.override_ids).read()

    def test_rejection_is_notified(self):
        """B5: in words, to the salesperson and on the quotation."""
        order = self._request()
        self._as("manager", order.override_ids).action_reject("too late in the year")
        message = order.message_ids[:1]
        self.assertIn("rejected", message.body)
        self.assertIn("too late in the year", message.body)
        self.assertEqual(message.notified_partner_ids, self.users["sales"].partner_id)
        self.assertIn("too late in the year", order.rejection_note)
        self.assertIn(self.users["manager"].name, order.rejection_note)
        self._as("sales", order).action_confirm()
        self.assertFalse(order.rejection_note)
        self._approve(order)
        self.assertTrue(
            order.message_ids.filtered(lambda message: "granted" in message.body)
        )
        self.assertFalse(order.override_ids.activity_ids)

    def test_arriving_stock_settles_the_request(self):
        """C2: the order is confirmed without a decision."""
        order = self._request(6)
        self._receive(self.protected, 1)
        self._run_retries()
        self.assertEqual((order.state, order.override_ids.state), ("sale", "withdrawn"))
        self.assertFalse(order.requires_inventory_override)
        self.assertFalse(order.override_ids.activity_ids)
        self.assertTrue(
            order.message_ids.filtered(
                lambda one: "Stock approval is no longer needed" in one.body
            )
        )
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_arriving_stock_settles_an_increase(self):
        """C2: the same for a larger quantity."""
        order = self._confirm((self.protected, 4), user_id=self.users["sales"].id)
        self._as("sales", order.order_line).product_uom_qty = 7
        self._receive(self.protected, 1)
        self._run_retries()
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self._receive(self.protected, 1)
        self._run_retries()
        self.assertEqual(order.order_line.product_uom_qty, 7)
        self.assertEqual(order.override_ids.state, "withdrawn")

    def test_arriving_stock_releases_a_withheld_delivery(self):
        """C2: the withheld delivery is launched."""
        order = self._create_order((self.protected, 6), signature=SIGNATURE)
        order.action_confirm()
        self.assertFalse(order.picking_ids)
        self._receive(self.protected, 1)
        self._run_retries()
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_deciding_on_an_available_order(self):
        """B5: the wizard is skipped: the order is confirmed at once."""
        order = self._request(6)
        self._force_stock(self.protected, 1)
        action = self._as("manager", order.override_ids).action_open_approval()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestServerOnly(OverrideCommon):
    """Values that follow from operations cannot be written (B5)."""

    def test_hard_lock_cannot_be_bypassed(self):
        """B2: the size of a discrepancy follows from the count."""
        found = self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 5,
                "counted_qty": 1,
            }
        )
        for name in ("delta_qty", "percent", "value", "company_id"):
            for role in ("operator", "manager", "finance"):
                with self.assertRaisesRegex(AccessError, "cannot be edited"):
                    self._as(role, found).write({name: False})

    def test_only_operators_make_an_order_urgent(self):
        """E7: salespeople cannot jump the queue."""
        order = self._create_order((self.protected, 1))
        mine = self._as("sales", order)
        mine.backorder_priority = "high"
        for values in ({}, {"default_backorder_priority": "urgent"}):
            created = (
                mine.browse()
                .with_context(**values)
                .create({"partner_id": self.customer.id})
            )
            self.assertEqual(created.backorder_priority, "medium")
        with self.assertRaisesRegex(AccessError, "make an order urgent"):
            mine.backorder_priority = "urgent"
        with self.assertRaisesRegex(AccessError, "make an order urgent"):
            mine.create(
                {"partner_id": self.customer.id, "backorder_priority": "urgent"}
            )
        self._as("operator", order).backorder_priority = "urgent"
        mine.write({"backorder_priority": "urgent", "client_order_ref": "again"})
        mine.backorder_priority = "low"


@tagged("post_install", "-at_install")
class TestBehindTheOrder(OverrideCommon):
    """Moves cannot take more than was promised, in any number of steps (B4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm((cls.protected, 2), (cls.backorderable, 1))
        cls.move = cls.order.order_line[0].move_ids

    def _assert_refused(self, *steps):
        move = self._as("operator", self.move)
        with self.assertRaises(OrderValidationError):
            for values in steps:
                move.write(values)
        self.assertEqual(self.move.product_uom_qty, 2)

    def test_status(self):
        """B4: not as a draft."""
        self._assert_refused(
            {"state": "draft"}, {"product_uom_qty": 1000}, {"state": "confirmed"}
        )

    def test_supply_method(self):
        """B4: not as a make-to-order move."""
        self._assert_refused(
            {"procure_method": "make_to_order"},
            {"product_uom_qty": 1000},
            {"procure_method": "make_to_stock"},
        )

    def test_destination(self):
        """B4: not as a move within the warehouse."""
        for name in ("location_dest_id", "location_final_id"):
            customers = self.move[name] or self.move.location_dest_id
            here = {"location_dest_id": self.shelf.id, "location_final_id": False}
            self._assert_refused(
                here,
                {"product_uom_qty": 1000},
                {**here, name: customers.id},
            )

    def test_destination_of_the_transfer(self):
        """B4: not as part of a transfer within the warehouse."""
        customers = self.move.location_dest_id
        picking = self._as("operator", self.move.picking_id)
        with self.assertRaises(OrderValidationError):
            self._as("operator", self.move).location_final_id = False
            picking.location_dest_id = self.shelf
            self._as("operator", self.move).product_uom_qty = 1000
            picking.location_dest_id = customers

    def test_detached(self):
        """B4: not as a move without an order."""
        self._assert_refused(
            {"sale_line_id": False, "picking_id": False},
            {"product_uom_qty": 1000},
            {"sale_line_id": self.order.order_line[0].id},
        )
        self._assert_refused(
            {"sale_line_id": False, "picking_id": False},
            {"product_uom_qty": 1000},
            {"picking_id": self.move.picking_id.id},
        )

    def test_transfer_that_gets_its_order_later(self):
        """B4: not in a transfer that gets its order after the confirmation."""
        picking = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.move.location_dest_id,
            (self.protected, 1000),
        )
        with self.assertRaises(OrderValidationError):
            self._as("operator", picking).sale_id = self.order

    def test_created_confirmed(self):
        """B4: not by creating a confirmed move."""
        with self.assertRaises(OrderValidationError):
            self._as("operator", self.move).create(
                {
                    "product_id": self.protected.id,
                    "product_uom_qty": 1000,
                    "location_id": self.stock.id,
                    "location_dest_id": self.move.location_dest_id.id,
                    "picking_id": self.move.picking_id.id,
                    "sale_line_id": self.order.order_line[0].id,
                    "state": "confirmed",
                }
            )


class ReadingCommon(OverrideCommon):
    """Dialogs, requests and the portal respect access rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_only = new_test_user(
            cls.env,
            "backorder_own_only",
            groups="sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.order = cls._create_order((cls.protected, 8), user_id=cls.users["sales"].id)
        cls.order.action_confirm()
        cls.other_company = cls.env["res.company"].create({"name": "Others"})

    def _create_foreign_order(self):
        return (
            self.env["sale.order"]
            .sudo()
            .with_company(self.other_company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.other_company.id,
                    "order_line": [Command.create({"product_id": self.protected.id})],
                }
            )
        )


@tagged("post_install", "-at_install")
class TestReading(ReadingCommon):
    def test_decision_about_another_company(self):
        """C10: a decision about another company is refused."""
        order = self._create_foreign_order()
        request = self.env["backorder.override"].create({"order_id": order.id})
        decisions = self._as("manager", self.env["backorder.decision"])
        with self.assertRaises(AccessError):
            decisions.create({"override_id": request.id, "reason": "curious"})

    def test_every_dialog_is_checked(self):
        """C10: all dialogs check access to their records."""
        checked = self.env.registry["backorder.wizard.mixin"]._inherit_children
        own = {
            name
            for name, model in self.env.registry.items()
            if model._transient and model._original_module.startswith("backorder_atp")
        }
        self.assertGreater(len(own), 3)
        self.assertFalse(own - set(checked))

    def test_own_documents_only(self):
        """C10: requests and items of unreadable orders are not readable."""
        self._set_stock(self.protected, 50)
        item = self.env["backorder.unmatched.line"].create(
            {"order_id": self.order.id, "reference": "??"}
        )
        request = self.order.override_ids
        for record in (request, request.line_ids, item):
            with self.subTest(record._name):
                mine = record.with_user(self.own_only)
                self.assertFalse(mine.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    mine.read()
                record.with_user(self.users["sales"]).read()
                record.with_user(self.users["viewer"]).read()
        self.order.user_id = self.own_only
        for record in (request, request.line_ids, item):
            record.with_user(self.own_only).read()

    def test_customer_in_the_portal(self):
        """A5: portal users read their orders, but not stock quantities."""
        customer = new_test_user(
            self.env, "backorder_portal_reader", groups="base.group_portal"
        )
        self.order.partner_id = customer.partner_id
        order = self.order.with_user(customer).with_context(allowed_company_ids=[])
        self.assertTrue(order.read(["name", "state"]))
        self.assertTrue(order.order_line.read(["product_uom_qty", "state"]))
        for record in (order, order.order_line):
            own = [
                name
                for name, field in record._fields.items()
                if record._is_internal_field(field)
            ]
            self.assertGreater(len(own), 5)
            self.assertFalse(set(own) & set(record.fields_get()))
            for name in own:
                with self.assertRaises(AccessError):
                    record.read([name])


@tagged("post_install", "-at_install")
class TestBesideOtherChecks(OverrideCommon):
    """Other addons may hold orders back as well, without a deadlock."""

    def test_requesting_approval_does_not_write_the_order(self):
        """B4: so it works while another approval is pending on the order."""
        order = self._create_order((self.protected, 6))
        locked = UserError("Under validation, not to be written")
        with patch.object(self.env.registry["sale.order"], "write", side_effect=locked):
            self._as("sales", order).action_confirm()
        self.assertEqual(order.override_ids.state, "pending")
        self.assertTrue(order.requires_inventory_override)

    def test_order_held_back_by_another_addon(self):
        """B5: the approver is informed that stock is not the reason."""
        order = self._request(6)
        model_class = self.env.registry["sale.order"]
        with (
            patch.object(model_class, "action_confirm", lambda orders: {"type": "x"}),
            self.assertRaisesRegex(UserError, "reason other than its stock"),
        ):
            self._approve(order)
        self._approve(order)
        self.assertEqual(order.state, "sale")
