# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..exceptions import InsufficientStockError
from .audit_common import AuditCommon


@tagged("post_install", "-at_install")
class TestAudit(AuditCommon):
    # ------------------------------------------------------------------
    # Every decision is logged with its figures
    # ------------------------------------------------------------------

    def _assert_numbers(self, event, phase, shortfall, value):
        self.assertEqual(event.phase, phase)
        self.assertEqual(event.quantity, shortfall)
        self.assertEqual(event.value, value)
        self.assertEqual(event.currency_id, self.company.currency_id)
        [line] = event.payload["lines"]
        self.assertEqual(line["required"], 5 + shortfall)
        self.assertEqual(line["available"], 5)
        self.assertEqual(line["shortfall"], shortfall)
        self.assertEqual(line["sku"], "PRT")
        self.assertEqual(line["warehouse"], self.warehouse.name)
        self.assertEqual(line["components"]["pickable"], 5)

    def test_refusal_is_logged(self):
        """B6: a refusal is logged although its transaction is rolled back, with the
        user."""
        order = self._create_short_order()
        self._refuse(order)
        event = self._get_last("order:blocked", order)
        self._assert_numbers(event, "hard", 2, 36)
        self.assertEqual(event.user_id, self.env.user)

    def test_dark_pass_is_logged(self):
        """B6: an order that the enforce phase would have refused is logged."""
        self.company.promise_phase = "dark"
        order = self._create_short_order()
        order.action_confirm()
        event = self._get_last("order:would_block", order)
        self._assert_numbers(event, "dark", 2, 36)

    def test_request_and_decisions_are_logged(self):
        """B6: requester, approver, decision, reason and snapshot are logged."""
        self.company.shortage_policy = "pending"
        for decision in ("approved", "rejected"):
            with self.subTest(decision=decision):
                order = self._create_short_order(user_id=self.users["sales"].id)
                self._as("sales", order).action_confirm()
                requested = self._get_last("order:approval_requested", order)
                self._assert_numbers(requested, "hard", 2, 36)
                self.assertEqual(requested.user_id, self.users["sales"])
                request = self._as("manager", order.override_ids)
                if decision == "approved":
                    request.action_approve("worth it")
                else:
                    request.action_reject("not worth it")
                event = self._get_last(f"order:{decision}", order)
                self._assert_numbers(event, "hard", 2, 36)
                self.assertEqual(event.user_id, self.users["manager"])
                self.assertIn("worth it", event.reason)
                order._action_cancel()

    def test_movement_below_zero_is_logged(self):
        """B6, A3: a refused delivery is logged as well."""
        scrap = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        picking = self._create_picking(
            self.warehouse.int_type_id, self.stock, scrap, (self.protected, 9)
        )
        with self._after_rollback(), self.assertRaises(InsufficientStockError):
            with self.env.cr.savepoint():
                self._validate(picking, 9)
        event = self._get_events("inventory.refused", product_id=self.protected)
        self.assertEqual(event.payload["new_stock"], -4)
        self.assertEqual(event.warehouse_id, self.warehouse)

    def test_value_is_in_the_companys_currency(self):
        """B6: the value of an order in another currency is converted; a product without
        a price counts at its cost."""
        currency = self.env["res.currency"].create({"name": "DBL", "symbol": "D"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 2, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Double", "currency_id": currency.id}
        )
        order = self._create_short_order(pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        self._refuse(order)
        self.assertEqual(self._get_last("order:blocked", order).value, 18)
        self.protected.with_company(self.company).standard_price = 11
        free = self._create_short_order()
        free.order_line.price_unit = 0
        self._refuse(free)
        self.assertEqual(self._get_last("order:blocked", free).value, 22)

    # ------------------------------------------------------------------
    # Reading the log
    # ------------------------------------------------------------------

    def test_numbers_are_shown_as_a_table(self):
        """B6: lines show the calculation, and names are escaped."""
        self.protected.name = "<b>Bold</b>"
        order = self._create_short_order()
        self._refuse(order)
        event = self._get_last("order:blocked", order)
        self.assertEqual(event.display_name, f"Refused {order.name}")
        html = str(event.payload_html)
        for part in (
            ">Required<",
            ">7.00<",
            "&lt;b&gt;Bold&lt;/b&gt;",
            "backorders are not allowed",
            "Pickable",
            "Available to Promise",
        ):
            self.assertIn(part, html)
        self.assertNotIn("<b>", html)
        self.assertNotIn("productId", html)

    def test_facts_are_named(self):
        """B6: keys are shown with labels, unknown keys too."""
        event = self._log_on(
            fields.Datetime.now(), payload={"newStatus": "allocated", "someNewKey": 3}
        )
        html = str(event.payload_html)
        for label in ("Status After", "Some new key"):
            self.assertIn(label, html)
        phase = self._log_on(
            fields.Datetime.now(), payload={"newPhase": "soft", "oldPhase": "dark"}
        )
        html = str(phase.payload_html)
        self.assertLess(html.index("Phase Before"), html.index("Phase After"))
        self.assertIn("Approve", html)
        self.assertFalse(self._log_on(fields.Datetime.now()).payload_html)

    def test_facts_are_told_in_words(self):
        """B6: labels instead of keys, and nothing of what has no value or is an id."""
        payload = {"newStatus": "partially_allocated", "carrier": False, "someId": 7}
        html = str(self._log_on(fields.Datetime.now(), payload=payload).payload_html)
        self.assertIn(">Partially Allocated<", html)
        self.assertNotIn("Carrier", html)
        self.assertNotIn("Some", html)

    def test_order_opens_its_entries(self):
        """B6: the button of the order counts and opens the entries its user may see."""
        order = self._create_short_order()
        self._refuse(order)
        self.assertEqual(self._as("viewer", order).backorder_event_count, 1)
        self.assertEqual(self._as("sales", order).backorder_event_count, 0)
        action = order.action_view_backorder_events()
        self.assertEqual(
            self.events.search(action["domain"]),
            self._get_last("order:blocked", order),
        )

    def test_standard_export(self):
        """B6: Odoo's export works for users who may export and read the log."""
        event = self._log_on(fields.Datetime.now(), reason="why")
        with self.assertRaisesRegex(UserError, "rights to export"):
            self._as("manager", event).export_data(["reason"])
        self.users["manager"].group_ids += self.env.ref("base.group_allow_export")
        rows = self._as("manager", event).export_data(["event_type", "reason"])
        self.assertEqual(rows["datas"], [["Allocation Attempted", "why"]])
