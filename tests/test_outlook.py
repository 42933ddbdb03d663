# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import Form, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestOutlook(BackorderCommon):
    """What confirming a quotation will do is said before it is confirmed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.backorderable, 3)
        cls._set_stock(cls.protected, 3)

    def _get_outlook(self, *lines, role="sales"):
        order = self._create_order(*lines, user_id=self.users["sales"].id)
        return self._as(role, order).promise_outlook

    def test_nothing_is_said_about_what_is_available(self):
        """B3: a quotation that can be kept needs no banner."""
        self.assertFalse(self._get_outlook((self.backorderable, 3)))

    def test_backorder_and_approval_look_different(self):
        """B3, B4: every short line is named, each with what happens to it."""
        self.company.shortage_policy = "pending"
        outlook = self._get_outlook((self.backorderable, 5), (self.protected, 4))
        self.assertEqual(outlook["kind"], "approve")
        self.assertEqual(
            [
                (line["product"], line["outcome"], line["missing"])
                for line in outlook["lines"]
            ],
            [("Backorderable", "backorder", 2), ("Protected", "approve", 1)],
        )
        self.assertIn("backorders are not allowed", outlook["lines"][1]["reason"])

    def test_backorder_alone_needs_nobody(self):
        """B3: where backorders are allowed, confirming creates one."""
        outlook = self._get_outlook((self.backorderable, 5))
        self.assertEqual(outlook["kind"], "backorder")

    def test_refusal_is_announced(self):
        """B3: the company refuses what is short."""
        outlook = self._get_outlook((self.protected, 4))
        self.assertEqual(outlook["kind"], "refuse")
        self.assertEqual(outlook["lines"][0]["outcome"], "refuse")

    def test_those_who_decide_are_named(self):
        """B5: the role whose limits suffice, and its users."""
        self.company.shortage_policy = "pending"
        outlook = self._get_outlook((self.protected, 4))
        manager = self.env.ref("backorder_atp.group_inventory_manager")
        self.assertIn(manager.name, outlook["message"])
        self.assertIn(self.users["manager"].name, outlook["message"])
        self.protected.list_price = 100000
        outlook = self._get_outlook((self.protected, 4))
        self.assertIn(self.users["finance"].name, outlook["message"])
        self.assertNotIn(self.users["manager"].name, outlook["message"])

    def test_approver_decides_on_confirming(self):
        """B5: in the approve phase an approver confirms with a reason."""
        self.company.promise_phase = "soft"
        self.users["manager"].group_ids += self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        outlook = self._get_outlook((self.protected, 4), role="manager")
        self.assertEqual(outlook["kind"], "decide")

    def test_outlook_is_what_confirming_does(self):
        """B4: what is announced happens."""
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 4), user_id=self.users["sales"].id)
        order = self._as("sales", order)
        self.assertEqual(order.promise_outlook["kind"], "approve")
        order.action_confirm()
        self.assertEqual(
            order.sudo().override_ids.assigned_group_id,
            self.env.ref("backorder_atp.group_inventory_manager"),
        )

    def test_outlook_follows_what_is_typed(self):
        """B3: an order does not compete with itself while it is entered."""
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.backorderable
                line.product_uom_qty = 5
                self.assertEqual(line.promise_available_qty, 3)
                line.product_uom_qty = 2
                self.assertEqual(line.promise_available_qty, 3)
            self.assertFalse(form.promise_outlook)
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 7
            self.assertEqual(form.promise_outlook["lines"][0]["missing"], 4)

    def test_monitoring_tells_salespeople_nothing(self):
        """A6: in the monitor phase only administrators see what would be short."""
        self.company.promise_phase = "dark"
        self.assertFalse(self._get_outlook((self.protected, 4)))

    def test_confirmed_order_has_no_outlook(self):
        """B3: after the confirmation its state speaks."""
        order = self._confirm((self.backorderable, 5))
        self.assertFalse(order.promise_outlook)
