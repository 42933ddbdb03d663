# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_product_expiry.tests.test_expiry import ExpiryCommon


@tagged("post_install", "-at_install")
class TestExpiredSupply(ExpiryCommon):
    """Expired stock is listed as supply that does not count (D9)."""

    def test_expired_lot_is_shown_as_not_counted(self):
        """D9: with the reason."""
        lot = self._put(self.yoghurt, 5, -1)
        [row] = self.yoghurt._get_uncounted_supply(self.warehouse)
        self.assertEqual((row["kind"], row["quantity"]), ("expired", 5))
        self.assertIn(lot.name, row["reason"])
        wizard = self._open_wizard(self.yoghurt.action_open_transfer())
        self.assertEqual(wizard.record.uncounted_ids.mapped("kind"), ["expired"])
