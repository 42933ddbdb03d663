# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_bad_data import BadDataCommon


@tagged("post_install", "-at_install")
class TestBadDataPurchase(BadDataCommon):
    def test_lead_time_with_too_many_digits(self):
        """B5: a lead time of a million years does not cause an error."""
        product = self._create_product(
            "Slow",
            allow_backorder="yes",
            route_ids=[Command.set(self.warehouse.buy_pull_id.route_id.ids)],
            seller_ids=[
                Command.create({"partner_id": self.vendor.id, "delay": 999_999_999})
            ],
        )
        self._set_stock(self.backorderable, 1)
        order = self._create_order((product, 1), (self.backorderable, 1))
        self.assertFalse(order.order_line[0].expected_promise_date)
        self.assertEqual(order.order_line[1].expected_promise_date, self._get_today())
        order.action_confirm()
        need = self.env["backorder.supply"]._get_needs(product, self.warehouse)
        proposal = self.env["backorder.supply"]._propose(
            need[product.id, self.warehouse.id]
        )
        self.assertLess(proposal.date.year, 2100)

    def test_failing_purchase_does_not_block_others(self):
        """D5: the other products are bought, the failure is reported."""
        self.company.backorder_auto_purchase = True
        seller = {"partner_id": self.vendor.id, "price": 1}
        other = self._create_product("Other", allow_backorder="yes")
        for product in (self.backorderable, other):
            product.seller_ids = [Command.create(seller)]
            self._confirm((product, 1))
        bad = self.backorderable
        with self._poisoned(
            "backorder.supply", "_propose", lambda _self, need: need.product == bad
        ):
            self._run_cron("backorder_atp_purchase.ir_cron_buy")
        lines = self.env["purchase.order.line"].search(
            [("product_id", "in", (bad | other).ids)]
        )
        self.assertEqual(lines.product_id, other)
        self._assert_reported("purchase", bad)
