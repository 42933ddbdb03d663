# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_pos_sale.tests.test_settled_order import (
    SettledOrderCommon,
)


@tagged("post_install", "-at_install")
class TestTillReservation(SettledOrderCommon):
    """Stock reserved for somebody, at a till."""

    def test_kept_for_a_quotation_and_shipped_later(self):
        """B3, E5: what is held for the quotation is what the till ships."""
        self._open_till()
        self._set_stock(self.protected, 2)
        quotation = self._create_order((self.protected, 2))
        self._open_wizard(quotation.action_open_soft_reservation()).save().action_hold()
        till_order = self._settle_for_later(quotation)
        self.assertFalse(self._get_events("order:oversold"))
        self._run_retries()
        self.assertEqual(till_order.picking_ids.move_ids.quantity, 2)
        self.assertEqual(self._get(self.protected), 0)

    def test_till_takes_what_is_held(self):
        """E5: what is kept for a quotation is gone as well, and told."""
        self._open_till()
        self._set_stock(self.protected, 2)
        quotation = self._create_order(
            (self.protected, 2), user_id=self.users["sales"].id
        )
        self._open_wizard(quotation.action_open_soft_reservation()).save().action_hold()
        sold = self._sell((self.protected, 1))
        self.assertEqual(sold.picking_ids.state, "done")
        event = self._get_events("hold:taken", product_id=self.protected)
        self.assertEqual(event.quantity, 1)
        self.assertIn(self.users["sales"], quotation.activity_ids.user_id)
