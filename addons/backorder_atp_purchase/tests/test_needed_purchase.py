# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestNeededPurchase(BackorderCommon):
    """Which backordered orders a purchase will serve, inside Purchase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["buyer"] = cls._create_user("buyer", "purchase.group_purchase_user")
        cls.order = cls._confirm((cls.backorderable, 10))
        cls.needed = cls._create_purchase(cls.backorderable)
        cls.other = cls._create_purchase(cls.protected)

    @classmethod
    def _create_purchase(cls, product):
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": 12})
                ],
            }
        )
        purchase.button_confirm()
        return purchase

    def test_purchase_names_the_orders_that_need_it(self):
        """C5, D4: with what each of them gets, from its button to the orders."""
        self.assertEqual(self.needed.backordered_order_ids, self.order)
        [row] = self.needed.backordered_orders
        self.assertEqual((row["order_id"], row["quantity"]), (self.order.id, 10))
        action = self._as(
            "operator", self.needed.sudo()
        ).action_view_backordered_orders()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.order)
        self.assertFalse(self.other.backordered_order_count)

    def test_order_bought_for_late_needs_its_own_receipt(self):
        """C1, C5: once its supply is late, the order is named."""
        product = self._create_bought_to_order()
        order = self._confirm((product, 3))
        purchase = self.env["purchase.order"].search(
            [("order_line.product_id", "=", product.id)]
        )
        purchase.button_confirm()
        self.assertFalse(purchase.backordered_order_count)
        purchase.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=2)
        order.order_line._recompute_backorders()
        self.env.invalidate_all()
        self.assertEqual(purchase.backordered_order_ids, order)
        self.assertEqual(purchase.backordered_orders[0]["quantity"], 3)

    def test_purchases_are_found_by_who_needs_them(self):
        """D4: as a filter of the purchases, either way."""
        both = [("id", "in", (self.needed + self.other).ids)]
        purchases = self._as("buyer", self.env["purchase.order"])
        for operator, value, expected in (
            ("!=", False, self.needed),
            ("=", False, self.other),
        ):
            condition = ("backordered_order_ids", operator, value)
            self.assertEqual(purchases.search([*both, condition]), expected)
        own = ("backordered_order_ids", "in", self.order.ids)
        self.assertEqual(self.env["purchase.order"].search([*both, own]), self.needed)

    def test_buyer_without_access_to_sales_sees_no_orders(self):
        """B5: for what the goods are needed, but neither the order nor the customer."""
        purchase = self._as("buyer", self.needed)
        self.assertFalse(purchase.backordered_order_ids)
        self.assertEqual(purchase.backordered_order_count, 1)
        [row] = purchase.backordered_orders
        self.assertEqual((row["order_id"], row["quantity"]), (False, 10))
        self.assertNotIn("customer", row)
