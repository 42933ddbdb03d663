# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.failure_common import LOGGERS, FailureCommon


@tagged("post_install", "-at_install")
class TestMessageBadData(FailureCommon):
    """No single order stops the messages to other customers."""

    loggers = [*LOGGERS, "odoo.addons.backorder_atp_customer"]

    def test_message_that_cannot_be_judged_stops_no_other(self):
        """C9: the others are sent; the bad one is kept with what went wrong."""
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
