# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_backorder_limit import BackorderLimitCommon


@tagged("post_install", "-at_install")
class TestBackorderLimitPurchase(BackorderLimitCommon):
    def test_untrusted_receipt_is_not_sold(self):
        self._limit(self.product, "incoming")
        receipt = self._buy(5)
        self.assertEqual(receipt.move_ids.purchase_line_id.product_qty, 5)
        receipt.move_ids.date = fields.Datetime.now() - timedelta(days=40)
        self._assert_refused(1, "available 0")

    def test_up_to_the_incoming_quantity(self):
        self._set_stock(self.product, 2)
        self._limit(self.product, "incoming")
        self._assert_refused(3, "available 2.*incoming quantity")
        self._create_receipt(self.product, 1000)
        self._confirm((self.product, -1000))
        self._assert_refused(3, "available 2.*incoming quantity")
        self._buy(5)
        self._assert_refused(8, "available 7")
        self._confirm((self.product, 4))
        self._assert_refused(4, "available 3")
        self._confirm((self.product, 3))
