# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.server_common import WITH_FEATURES
from odoo.addons.backorder_atp.tests.test_concurrency import BUY, ConcurrencyCommon


@tagged("post_install", "-at_install")
class TestConcurrencyPurchase(ConcurrencyCommon):
    modules = WITH_FEATURES

    def test_buyer_and_schedule_buy_a_shortage_once(self):
        """D5: also when the scheduled action runs at the same time, and twice."""
        self.admin.call(
            "res.company", "write", self.company_id, {"backorder_auto_purchase": True}
        )
        product_id = self._create_bought_product("Bought by Schedule")
        order_ids = self._create_orders(product_id, 5)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        wizard = self.admin.press("sale.order", "action_open_purchase", *order_ids)
        passes = [self._start_pass(BUY), self._start_pass(BUY)]
        self._press_at_once("backorder.purchase", "action_buy", [wizard["res_id"]])
        self._finish(*passes)
        self.assertEqual(self._get_bought(product_id), [6.0])

    def test_one_shortage_is_bought_once(self):
        """D5: many buyers press the button of one order at once; one request is
        created, the others get a message."""
        product_id = self._create_bought_product("Bought Once")
        order_ids = self._create_orders(product_id, 5)
        self.admin.press("sale.order", "action_confirm", *order_ids)
        wizard_ids = [
            self.admin.press("sale.order", "action_open_purchase", *order_ids)["res_id"]
            for _buyer in range(4)
        ]
        errors = self._press_at_once("backorder.purchase", "action_buy", wizard_ids)
        self.assertEqual(self._get_bought(product_id), [6.0])
        self.assertEqual(len(errors), 3)
        for error in errors.values():
            self.assertIn("has changed", error.message)
