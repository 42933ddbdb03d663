# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_free_stock import FreeStockCommon


@tagged("post_install", "-at_install")
class TestFreeStockPurchase(FreeStockCommon):
    def test_consigned_goods_are_not_taken(self):
        """B1: goods of another owner do not cover the order."""
        product = self._create_bought_if_short()
        self._put(product, 5, self.depositor)
        self._confirm((product, 5))
        self.assertEqual(self._get_bought_qty(product), 5)

    def test_safety_stock_is_neither_counted_nor_reserved(self):
        """B1: the order gets the goods bought for it, once received."""
        product = self._create_bought_if_short()
        self._put(product, 5)
        self.env["stock.policy"].create(
            {
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 5,
            }
        )
        order = self._confirm((product, 5))
        self.assertEqual(self._get_bought_qty(product), 5)
        self.assertEqual(order.picking_ids.move_ids.quantity, 0)
        self._receive(product, 5)
        self.assertEqual(order.picking_ids.move_ids.quantity, 5)

    def test_free_stock_is_taken_and_the_rest_is_bought(self):
        """B1, B3: as Odoo does if no stock is kept."""
        product = self._create_bought_if_short()
        self._put(product, 5)
        order = self._confirm((product, 8))
        self.assertEqual(self._get_bought_qty(product), 3)
        self.assertEqual(order.picking_ids.move_ids.quantity, 5)
