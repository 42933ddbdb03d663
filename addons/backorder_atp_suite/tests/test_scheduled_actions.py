# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_scheduled_actions import (
    ScheduledActionsCommon,
)


@tagged("post_install", "-at_install")
class TestScheduledActions(ScheduledActionsCommon):
    """The scheduled actions of all features together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_message_delayed = "send"

    def test_scheduled_actions_run_with_orders_on_backorder(self):
        """C2, C9, D8, E8: none of them fails or logs an error."""
        self._confirm((self.backorderable, 5))
        self.assertGreater(self._run_all(), 10)
        self.assertEqual(self.order.order_line.allocated_qty, 2)
        messages = self.env["backorder.customer.message"]
        self.assertFalse(messages.search([("state", "=", "pending")]))
        self.assertTrue(messages.search([("state", "=", "sent")]))
