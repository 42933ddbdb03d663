# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_free_stock import FreeStockCommon


@tagged("post_install", "-at_install")
class TestFreeStockSourcing(FreeStockCommon):
    def test_consigned_goods_are_shown_as_not_counted(self):
        """D9: the reason names their owner."""
        self._put(self.protected, 5, self.depositor)
        [row] = self.protected._get_uncounted_supply(self.warehouse)
        self.assertEqual((row["kind"], row["quantity"]), ("consigned", 5))
        self.assertIn("Depositor", row["reason"])
