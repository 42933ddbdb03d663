# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_pos_sale.tests.test_settled_order import (
    SettledOrderCommon,
)


@tagged("post_install", "-at_install")
class TestPosReservation(SettledOrderCommon):
    """Soft reservations and the point of sale."""

    def test_stock_reserved_for_a_quotation_and_shipped_later(self):
        """B3, E5: stock reserved for the quotation is shipped by the point of sale."""
        self._open_pos()
        self._set_stock(self.protected, 2)
        quotation = self._create_order((self.protected, 2))
        self._open_wizard(
            quotation.action_open_soft_reservation()
        ).save().action_reserve()
        pos_order = self._settle_for_later(quotation)
        self.assertFalse(self._get_events("order:oversold"))
        self._run_retries()
        self.assertEqual(pos_order.picking_ids.move_ids.quantity, 2)
        self.assertEqual(self._get(self.protected), 0)

    def test_sale_of_softly_reserved_stock(self):
        """E5: a sale takes stock reserved for a quotation; the owner is notified."""
        self._open_pos()
        self._set_stock(self.protected, 2)
        quotation = self._create_order(
            (self.protected, 2), user_id=self.users["sales"].id
        )
        self._open_wizard(
            quotation.action_open_soft_reservation()
        ).save().action_reserve()
        sold = self._sell((self.protected, 1))
        self.assertEqual(sold.picking_ids.state, "done")
        event = self._get_events("reservation:taken", product_id=self.protected)
        self.assertEqual(event.quantity, 1)
        self.assertIn(self.users["sales"], quotation.activity_ids.user_id)
