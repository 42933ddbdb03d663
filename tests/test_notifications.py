# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestNotifications(BackorderCommon):
    """Each button says what it has done, with a link to what comes next."""

    def _answer(self, operation, order, request=None, role="manager"):
        """Press the button of the dialog for a reason."""
        values = {"operation": operation, "reason": "why", "order_ids": order.ids}
        if request:
            values["override_id"] = request.id
        wizard = self._as(role, self.env["backorder.reason"]).create(values)
        return getattr(wizard, f"action_{operation}")()["params"]

    def _request(self):
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 5), user_id=self.users["sales"].id)
        self._as("sales", order).action_confirm()
        return order, order.override_ids

    def _check_link(self, shown, order):
        [link] = shown["links"]
        self.assertEqual(link["url"], f"/odoo/sale.order/{order.id}")
        self.assertIn("%s", shown["message"])

    def test_hold_and_release(self):
        """C3: the order that is blocked, and released."""
        order = self._confirm((self.backorderable, 5))
        self._check_link(self._answer("hold", order, role="operator"), order)
        self.assertTrue(order.hold_since)
        self._check_link(self._answer("release", order, role="operator"), order)
        self.assertFalse(order.hold_since)

    def test_many_orders_are_named(self):
        """C3: without a link, as there is no single next thing."""
        orders = self._confirm((self.backorderable, 5))
        orders |= self._confirm((self.backorderable, 2))
        shown = self._answer("hold", orders, role="operator")
        self.assertFalse(shown["links"])
        for order in orders:
            self.assertIn(order.name, shown["message"])

    def test_approval(self):
        """B4: the order is confirmed."""
        order, request = self._request()
        decision = self._as("manager", self.env["backorder.decision"]).create(
            {"override_id": request.id, "reason": "why"}
        )
        shown = decision.action_approve()["params"]
        self.assertEqual((shown["type"], order.state), ("success", "sale"))
        self._check_link(shown, order)

    def test_rejection_on_the_phone(self):
        """B4: from the card of the request, with a reason."""
        order, request = self._request()
        self.assertEqual(request.short_items, "Protected: 5 of 5 Units short")
        action = self._as("manager", request).action_open_rejection()
        self.assertEqual(action["context"]["default_override_id"], request.id)
        self._check_link(self._answer("reject", order, request), order)
        self.assertEqual(request.state, "rejected")

    def test_split(self):
        """C7: a link to the order that holds the rest."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm((self.backorderable, 5))
        wizard = self._as("operator", self.env["backorder.split"]).create(
            {"order_id": order.id, "customer_agreed": True}
        )
        shown = wizard.action_split()["params"]
        self._check_link(shown, order.backorder_child_ids)
