# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp.tests.test_override import OverrideCommon


class ExceptionCommon(OverrideCommon):
    """Orders without a customer reference have an exception."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["exception.rule"].search([]).active = False
        cls.rule = cls._create_rule(
            "No Reference", "[('client_order_ref', '=', False)]"
        )

    @classmethod
    def _create_rule(cls, name, domain):
        return cls.env["exception.rule"].create(
            {
                "name": name,
                "model": "sale.order",
                "exception_type": "by_domain",
                "domain": domain,
            }
        )

    def _create_wrong_order(self, quantity=6, **values):
        order = self._create_order(
            (self.protected, quantity), user_id=self.users["sales"].id, **values
        )
        return self._as("sales", order)

    def _request_then_fail(self):
        """Return an order that has an exception since its approval was requested."""
        order = self._create_wrong_order(client_order_ref="PO 7")
        order.action_confirm()
        order.client_order_ref = False
        return order

    def _ignore(self, order):
        """Ignore the exceptions in their dialog, as those who may do so."""
        action = order.action_confirm()
        wizard = order.env[action["res_model"]].with_context(**action["context"])
        return wizard.create({"ignore": True}).action_confirm()


@tagged("post_install", "-at_install")
class TestException(ExceptionCommon):
    # ------------------------------------------------------------------
    # Rules first
    # ------------------------------------------------------------------

    def test_exception_then_stock_approval(self):
        """B4, B5: both are checked, and the order is confirmed once it passes both."""
        order = self._create_wrong_order()
        order.action_confirm()
        order.client_order_ref = "PO 7"
        order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.exception_ids)
        self.assertEqual(order.override_ids.state, "pending")
        self._approve(order)
        self.assertEqual(order.state, "sale")

    def test_order_with_an_exception_is_not_promised(self):
        """B4: its dialog is shown, no approval is requested and no stock committed."""
        for quantity in (5, 6):
            order = self._create_wrong_order(quantity)
            action = order.action_confirm()
            self.assertEqual(action["res_model"], "sale.exception.confirm")
            self.assertEqual(order.exception_ids, self.rule)
            self.assertEqual(order.state, "draft")
            self.assertFalse(order.override_ids)
            self.assertEqual(self._get(self.protected), 5)

    def test_order_with_an_exception_is_not_refused_for_its_stock(self):
        """B4: the stock is checked after the rules."""
        self.company.shortage_policy = "block"
        order = self._create_wrong_order()
        action = order.action_confirm()
        self.assertEqual(action["res_model"], "sale.exception.confirm")
        order.client_order_ref = "PO 7"
        with self.assertRaises(OrderValidationError):
            order.action_confirm()

    def test_no_dialog(self):
        """B4: where the company shows none, nothing is promised either."""
        self.env.company.sale_exception_show_popup = False
        order = self._create_wrong_order()
        self.assertFalse(order.action_confirm())
        self.assertFalse(order.override_ids)

    def test_orders_confirmed_together(self):
        """B4: as without stock, none is confirmed."""
        good = self._create_wrong_order(client_order_ref="PO 7")
        wrong = self._create_wrong_order()
        action = (good | wrong).action_confirm()
        self.assertEqual(action["res_model"], "sale.exception.confirm")
        self.assertFalse((good | wrong).override_ids)

    def test_state_written_directly(self):
        """B4: the rules come first there, too."""
        order = self._create_wrong_order()
        with self.assertRaisesRegex(ValidationError, "No Reference"):
            order.state = "sale"
        self.assertFalse(order.override_ids)

    def test_rule_about_the_order_passes_at_once(self):
        """B4: an order within stock and without an exception is confirmed."""
        order = self._create_wrong_order(5, client_order_ref="PO 7")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_answer_to_other_programs(self):
        """B4: says which rule keeps the order from being confirmed."""
        order = self._create_wrong_order()
        result = order.process_promise()
        self.assertEqual(result["status"], "error")
        self.assertIn("No Reference", result["message"])

    # ------------------------------------------------------------------
    # Ignored exceptions
    # ------------------------------------------------------------------

    def test_ignored_exception_leaves_the_stock_approval(self):
        """B4: who ignores it is told that an approval was requested."""
        order = self._create_wrong_order()
        notification = self._ignore(order)
        self.assertEqual(notification["tag"], "display_notification")
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.state, "pending")
        self._approve(order)
        self.assertEqual(order.state, "sale")

    def test_ignored_exception_of_an_order_within_stock(self):
        """B4: it is confirmed, and the dialog closes."""
        order = self._create_wrong_order(5)
        action = self._ignore(order)
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertEqual(order.state, "sale")

    # ------------------------------------------------------------------
    # Exceptions that come later
    # ------------------------------------------------------------------

    def test_approval_of_an_order_with_an_exception(self):
        """B5: the approver reads the rule; the approval is not consumed."""
        order = self._request_then_fail()
        request = order.override_ids
        with self.assertRaisesRegex(UserError, "No Reference.*stays pending"):
            self._approve(order)
        request.invalidate_recordset()
        self.assertEqual(request.state, "pending")
        self.assertEqual(order.state, "draft")
        order.client_order_ref = "PO 8"
        self._approve(order)
        self.assertEqual(order.state, "sale")

    def test_approval_of_an_order_whose_exception_is_ignored(self):
        """B5: by those who may ignore it, not by the approver."""
        order = self._request_then_fail()
        self._ignore(order)
        self._approve(order)
        self.assertEqual(order.state, "sale")

    def test_request_is_kept_while_there_is_an_exception(self):
        """B4: confirming again changes nothing about it."""
        order = self._request_then_fail()
        order.action_confirm()
        self.assertEqual(order.override_ids.state, "pending")
        self._force_stock(self.protected, 1)
        order.action_confirm()
        self.assertEqual(order.override_ids.state, "pending")

    def test_arriving_stock_does_not_confirm_an_order_with_an_exception(self):
        """C2: the request stays pending, and nobody is told otherwise."""
        order = self._request_then_fail()
        self._receive(self.protected, 1)
        self._run_retries()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.override_ids.state, "pending")
        self.assertNotIn("no longer needed", "".join(order.message_ids.mapped("body")))

    # ------------------------------------------------------------------
    # Splitting
    # ------------------------------------------------------------------

    def _split(self, **values):
        other = self._create_product("Other")
        self._set_stock(other, 3)
        order = self._create_order((other, 3), (self.backorderable, 10), **values)
        if order.client_order_ref:
            order.action_confirm()
        else:
            self._ignore(order)
        result = order.split_backorder(True)
        return order.browse(result["backorderOrderId"])

    def test_backorder_is_split_off(self):
        """C7: the rules were checked with the original; the new order starts empty."""
        self._create_rule("No Lines", "[('order_line', '=', False)]")
        child = self._split(client_order_ref="PO 7")
        self.assertEqual(child.state, "sale")
        self.assertFalse(child.ignore_exception)

    def test_backorder_of_an_order_whose_exception_is_ignored(self):
        """C7: it is ignored for both, so that both can be changed."""
        child = self._split()
        self.assertTrue(child.ignore_exception)
        child.write({"order_line": []})
        self.assertEqual(child.state, "sale")
