# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.backorder_atp.tests.common import SIGNATURE
from odoo.addons.backorder_atp.tests.test_override import OverrideCommon


class TierValidationCommon(OverrideCommon):
    """Orders above 50 need a validation by a reviewer, beside their stock approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviewer = new_test_user(
            cls.env,
            "reviewer",
            groups="sales_team.group_sale_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls._create_tier("[('amount_untaxed', '>', 50)]")

    @classmethod
    def _create_tier(cls, domain):
        return cls.env["tier.definition"].create(
            {
                "model_id": cls.env.ref("sale.model_sale_order").id,
                "company_id": cls.company.id,
                "review_type": "individual",
                "reviewer_id": cls.reviewer.id,
                "definition_domain": domain,
            }
        )

    def _create_short_order(self, **values):
        return self._as(
            "sales",
            self._create_order(
                (self.protected, 6), user_id=self.users["sales"].id, **values
            ),
        )

    def _start_validation(self, **values):
        order = self._create_short_order(**values)
        order.request_validation()
        return order

    def _finish_validation(self, order):
        order.with_user(self.reviewer).validate_tier()
        self.assertEqual(order.validation_status, "validated")

    def _create_validated(self, **values):
        order = self._start_validation(**values)
        self._finish_validation(order)
        return order


@tagged("post_install", "-at_install")
class TestTierValidation(TierValidationCommon):
    # ------------------------------------------------------------------
    # Both must agree
    # ------------------------------------------------------------------

    def test_validation_then_stock_approval(self):
        """B4, B5: an order needs both, and is confirmed once it has both."""
        order = self._create_validated()
        order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.state, "pending")
        self._approve(order)
        self.assertEqual(order.state, "sale")

    def test_no_stock_approval_before_the_validation(self):
        """B4: nothing is requested or refused for an order that is not validated."""
        for order in (self._create_short_order(), self._start_validation()):
            for policy in ("pending", "block"):
                self.company.shortage_policy = policy
                with self.assertRaisesRegex(ValidationError, "validat"):
                    order.action_confirm()
                self.assertFalse(order.override_ids)

    def test_reviewer_validates_by_confirming(self):
        """B4: as in plain Odoo; the stock is checked right after that."""
        order = self._create_short_order().with_user(self.reviewer)
        order.action_confirm()
        self.assertEqual(order.review_ids.mapped("status"), ["approved"])
        self.assertEqual(order.override_ids.state, "pending")

    def test_state_written_directly(self):
        """B4: the order of the two is the same as at a confirmation."""
        order = self._start_validation()
        with self.assertRaisesRegex(ValidationError, "validation process"):
            order.state = "sale"
        self.assertFalse(order.override_ids)
        self._finish_validation(order)
        order.state = "sale"
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.state, "pending")

    def test_order_that_needs_no_validation(self):
        """B4: its stock is checked as usual."""
        self.protected.list_price = 1
        order = self._create_short_order()
        order.action_confirm()
        self.assertEqual(order.override_ids.state, "pending")

    def test_monitor_phase_leaves_it_to_the_validation(self):
        """B9: what is not validated is refused, whatever its stock."""
        self.company.promise_phase = "dark"
        order = self._start_validation()
        with self.assertRaisesRegex(ValidationError, "validation process"):
            order.action_confirm()
        self._finish_validation(order)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    # ------------------------------------------------------------------
    # Changes of mind
    # ------------------------------------------------------------------

    def test_restarted_validation_withdraws_the_request(self):
        """B4: the order may change, so its stock is checked again later."""
        order = self._create_validated()
        order.action_confirm()
        before = self._get(self.protected)
        order.restart_validation()
        self.assertEqual(order.override_ids.state, "withdrawn")
        self.assertEqual(self._get(self.protected), before + 6)
        order.order_line.product_uom_qty = 7
        order.request_validation()
        self._finish_validation(order)
        order.action_confirm()
        self._approve(order)
        self.assertEqual(order.state, "sale")

    def test_rejected_validation_withdraws_the_request(self):
        """B4: an order that is rejected keeps no stock from others."""
        self.protected.list_price = 1
        order = self._create_short_order()
        order.action_confirm()
        order.order_line.price_unit = 100
        order.request_validation()
        order.with_user(self.reviewer).reject_tier()
        self.assertEqual(order.override_ids.state, "withdrawn")
        self.assertEqual(self._get(self.protected), 5)

    def test_approval_of_an_order_that_needs_validation_by_now(self):
        """B5: the approver is told so; the request stays pending until then."""
        self.protected.list_price = 1
        order = self._create_short_order()
        order.action_confirm()
        self._create_tier("[]")
        request = order.override_ids
        with self.assertRaisesRegex(ValidationError, "request a validation"):
            self._approve(order)
        request.invalidate_recordset()
        self.assertEqual(request.state, "pending")
        order.request_validation()
        with self.assertRaisesRegex(ValidationError, "validation process"):
            self._approve(order)
        self._finish_validation(order)
        self._approve(order)
        self.assertEqual(order.state, "sale")

    def test_rejected_stock_approval_is_not_final(self):
        """B5: the same order can be confirmed again, or changed and validated."""
        order = self._create_validated()
        order.action_confirm()
        self._as("manager", order.override_ids).action_reject("not now")
        order.action_confirm()
        self.assertEqual(order.override_ids.sorted("id")[-1:].state, "pending")

    def test_undone_approval_needs_a_validation_again(self):
        """B5: the order is a quotation again and may change."""
        order = self._create_validated()
        order.action_confirm()
        self._approve(order)
        self._as("manager", order.override_ids).action_undo("changed my mind")
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.review_ids)
        with self.assertRaisesRegex(ValidationError, "request a validation"):
            order.action_confirm()

    # ------------------------------------------------------------------
    # What the server writes under validation
    # ------------------------------------------------------------------

    def test_order_under_validation_is_cancelled(self):
        """B4: with its pending request, if there is one."""
        order = self._start_validation()
        order._action_cancel()
        self.assertEqual(order.state, "cancel")
        order = self._create_validated()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.override_ids.state, "withdrawn")

    def test_signed_order_without_a_warehouse(self):
        """B4: the delivery of a validated order is withheld, as of any other."""
        self._create_warehouse("Second", "SEC")
        order = self._create_validated(team_id=False, signature=SIGNATURE)
        self.assertFalse(order.warehouse_id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.requires_inventory_override)
        self.assertTrue(order.warehouse_id)
        self.assertFalse(order.picking_ids)

    def test_users_write_nothing_under_validation(self):
        """B5: only the server's fields are free, and users cannot write these."""
        order = self._create_validated()
        with self.assertRaisesRegex(ValidationError, "not allowed to write"):
            order.backorder_priority = "high"
        with self.assertRaisesRegex(Exception, "cannot be edited directly"):
            order.hold_reason = "mine"
        order.action_confirm()
        with self.assertRaisesRegex(ValidationError, "not allowed to write"):
            order.warehouse_id = self._create_warehouse("Second", "SEC")

    def test_server_writes_after_the_validation(self):
        """C4: also where users may then write chosen fields only."""
        self.env["tier.validation.exception"].create(
            {
                "model_id": self.env.ref("sale.model_sale_order").id,
                "company_id": self.company.id,
                "field_ids": [
                    Command.set(self.env.ref("sale.field_sale_order__note").ids)
                ],
            }
        )
        order = self._create_validated()
        order.action_confirm()
        self._approve(order)
        with self.assertRaisesRegex(ValidationError, "after validation"):
            order.client_order_ref = "PO 7"
        order.sudo().hold_reason = "stock take"
        self.assertEqual(order.hold_reason, "stock take")

    def test_arriving_stock_confirms_a_validated_order(self):
        """C2: the request is not needed any more."""
        order = self._create_validated()
        order.action_confirm()
        self._receive(self.protected, 1)
        self._run_retries()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.override_ids.state, "withdrawn")

    def test_arriving_stock_does_not_replace_the_validation(self):
        """C2: the request stays pending, and nobody is told otherwise."""
        self.protected.list_price = 1
        order = self._create_short_order()
        order.action_confirm()
        self._create_tier("[]")
        self._receive(self.protected, 1)
        self._run_retries()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.state, "pending")
        self.assertNotIn("no longer needed", "".join(order.message_ids.mapped("body")))

    def test_backorder_of_a_validated_order_is_split_off(self):
        """C7: the new order is part of what was validated."""
        self._create_tier("[]")
        other = self._create_product("Other")
        self._set_stock(other, 3)
        order = self._create_order((other, 3), (self.backorderable, 10))
        order.request_validation()
        order.with_user(self.reviewer).validate_tier()
        order.action_confirm()
        result = order.split_backorder(True)
        child = order.browse(result["backorderOrderId"])
        self.assertEqual(child.state, "sale")
        self.assertEqual(child.order_line.product_id, self.backorderable)

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def test_form_says_that_the_validation_comes_first(self):
        """B4: until the order is validated."""
        order = self._start_validation()
        self.assertIn("must be validated", order.promise_outlook["message"])
        self._finish_validation(order)
        self.assertNotIn("must be validated", order.promise_outlook["message"])

    def test_form_of_an_order_under_validation(self):
        """B4: opens for salespeople, and on the board for inventory managers."""
        order = self._create_validated()
        order.action_confirm()
        board = "backorder_atp.sale_order_view_form_backorder"
        for role, view in (("sales", None), ("manager", board)):
            with Form(self._as(role, order), view=view) as form:
                self.assertEqual(form.validation_status, "validated")
