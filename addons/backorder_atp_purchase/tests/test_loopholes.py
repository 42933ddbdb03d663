# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_loopholes import LoopholesCommon


@tagged("post_install", "-at_install")
class TestLoopholesPurchase(LoopholesCommon):
    def test_own_supply_that_becomes_late(self):
        """C1: a make-to-order line becomes late as time passes."""
        bought = self._create_bought_to_order()
        order = self._confirm((bought, 1))
        purchase = self.env["purchase.order"].search(
            [("partner_id", "=", self.vendor.id)]
        )
        purchase.order_line.date_planned = fields.Datetime.now() - timedelta(days=2)
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=1.0
        ):
            self.env["sale.order.line"]._cron_refresh_undue()
        self.assertEqual(order.backorder_state, "backordered")

    def test_pending_order_commits_only_what_takes_stock(self):
        """B1: make-to-order lines of a pending order commit no stock."""
        self.company.shortage_policy = "pending"
        bought = self._create_bought_to_order()
        order = self._confirm((self.protected, 8), (bought, 10))
        self.assertTrue(order.requires_inventory_override)
        self.assertEqual(self._get(bought, "committed"), 0)
        self.assertEqual(self._get(self.protected), -3)
