# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.failure_common import LOGGERS, FailureCommon


@tagged("post_install", "-at_install")
class TestMessageBadData(FailureCommon):
    """A failed message does not stop the messages to other customers."""

    loggers = [*LOGGERS, "odoo.addons.backorder_atp_customer"]

    def test_failed_message_does_not_stop_others(self):
        """C9: the others are sent; the failed one is kept with its error."""
        self.company.customer_message_delayed = "send"
        self.customer.email = "patient@example.com"
        orders = self._confirm((self.backorderable, 1)) | self._confirm(
            (self.backorderable, 1)
        )
        with self._poisoned(
            "sale.order",
            "_is_customer_message_true",
            lambda order, *_: order == orders[0],
        ):
            self._run_cron("backorder_atp_customer.ir_cron_notify_customers")
        messages = self.env["backorder.customer.message"].search(
            [("order_id", "in", orders.ids)], order="id"
        )
        self.assertEqual(messages.mapped("state"), ["failed", "sent"])
        self.assertIn("poison", messages[0].note)
