# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_first_count import FirstCountCommon


@tagged("post_install", "-at_install")
class TestFirstCountReconciled(FirstCountCommon):
    def test_first_count_is_accounted_for(self):
        """E8: without stock, nothing is promised."""
        orders = self._as("manager", self.env["sale.order"])
        self.assertTrue(orders.action_reconcile_all()["params"]["job_ids"])
        self.assertFalse(
            self.env["backorder.alert"].search([("product_id", "=", self.counted.id)])
        )
