# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_alert.tests.test_conservation import ConservationCommon


@tagged("post_install", "-at_install")
class TestConservation(ConservationCommon):
    """All stock that the features distinguish is accounted for."""

    def test_everything_adds_up(self):
        """E8: orders, safety stock, reservations, quarantine, negative stock."""
        quotation = self._create_order((self.protected, 3))
        wizard = self._open_wizard(quotation.action_open_soft_reservation())
        wizard.save().action_reserve()
        self._spread_stock()
        self.assertFalse(self._check())
