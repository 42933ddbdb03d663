# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_free_stock import FreeStockCommon


@tagged("post_install", "-at_install")
class TestFreeStock(FreeStockCommon):
    """Stock reserved for others is not free."""

    def test_what_is_soft_reserved_for_others_is_bought(self):
        """B1, E5: soft reserved stock is not free."""
        product = self._create_bought_if_short()
        self._put(product, 5)
        self.env["stock.soft.reservation"].create(
            {
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "partner_id": self.depositor.id,
                "quantity": 5,
            }
        )
        self._confirm((product, 5))
        self.assertEqual(self._get_bought_qty(product), 5)
