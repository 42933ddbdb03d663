# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import InsufficientStockError, OrderValidationError
from .common import BackorderCommon


class BackorderLimitCommon(BackorderCommon):
    """B16: backorders up to a quantity, up to the incoming quantity, until a date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Limited"})
        cls.product = cls._create_product("Limited", categ_id=cls.category.id)

    def _limit(self, record, limit="quantity", quantity=0, **values):
        record.write(
            {
                "allow_backorder": "yes",
                "backorder_limit": limit,
                "backorder_limit_qty": quantity,
                **values,
            }
        )

    def _assert_refused(self, quantity, regex):
        with self.assertRaisesRegex(OrderValidationError, regex):
            self._confirm((self.product, quantity))

    def _buy(self, quantity):
        """Confirm a purchase and return its receipt."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_qty": quantity}
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase.picking_ids


@tagged("post_install", "-at_install")
class TestBackorderLimit(BackorderLimitCommon):
    def test_up_to_a_quantity_beyond_stock(self):
        """Stock plus the limit can be promised, to the last unit."""
        self._set_stock(self.product, 3)
        self._limit(self.product, quantity=10)
        self._assert_refused(14, "available 13.*up to 10 Units")
        order = self._confirm((self.product, 13))
        self.assertEqual(order.state, "sale")

    def test_all_orders_share_one_limit(self):
        self._limit(self.product, quantity=10)
        self._confirm((self.product, 6))
        self._assert_refused(5, "available 4")
        self._confirm((self.product, 4))
        self._assert_refused(1, "available 0")

    def test_lines_confirmed_together_share_one_limit(self):
        self._limit(self.product, quantity=10)
        orders = self._create_order((self.product, 6)) + self._create_order(
            (self.product, 6)
        )
        with self.assertRaisesRegex(OrderValidationError, "available 4"):
            orders.action_confirm()

    def test_only_the_part_beyond_the_limit_is_short(self):
        """Only that part needs approval."""
        self.company.shortage_policy = "pending"
        self._limit(self.product, quantity=10)
        order = self._confirm((self.product, 14))
        self.assertTrue(order.requires_inventory_override)
        line = order.override_ids.line_ids
        self.assertEqual(line.requested_qty - line.available_qty, 4)

    def test_increase_stays_within_the_limit(self):
        self._limit(self.product, quantity=10)
        order = self._confirm((self.product, 8))
        order.order_line.product_uom_qty = 10
        with self.assertRaisesRegex(UserError, "up to 10"):
            order.order_line.product_uom_qty = 11

    def test_a_warehouse_has_its_own_limit(self):
        other = self._create_warehouse("Other", "OTH")
        self._limit(self.product, quantity=10)
        self.env["stock.policy"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": other.id,
                "allow_backorder": "yes",
                "backorder_limit": "quantity",
                "backorder_limit_qty": 2,
            }
        )
        with self.assertRaisesRegex(OrderValidationError, "up to 2 Units"):
            self._confirm((self.product, 3), warehouse_id=other.id)
        self._confirm((self.product, 10), warehouse_id=self.warehouse.id)

    def test_deciding_record_sets_the_limit(self):
        """The limit of the record whose setting applies is used."""
        self.company.write(
            {
                "allow_backorder": True,
                "backorder_limit": "quantity",
                "backorder_limit_qty": 3,
            }
        )
        self._assert_refused(4, "Company")
        self._limit(self.category, quantity=5)
        self._assert_refused(6, "Category Limited")
        self._limit(self.product.product_tmpl_id, limit="none")
        self._confirm((self.product, 100))

    def test_a_limit_of_zero_forbids_backorders(self):
        self._limit(self.product, quantity=0)
        self._assert_refused(1, "up to 0")

    def test_stock_goes_no_further_below_zero(self):
        """A3: deliveries respect the limit as well."""
        self._limit(self.product, quantity=10)
        delivery = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_customers"),
            (self.product, 11),
        )
        with self.assertRaisesRegex(InsufficientStockError, "requested 11"):
            self._validate(delivery, 11)
        self._validate(delivery, 10)
        self.assertEqual(sum(self._get_quants(self.product).mapped("quantity")), -10)

    def test_until_a_date(self):
        today = fields.Date.today()
        self._limit(self.product, "none", backorder_until=today)
        self._confirm((self.product, 3))
        self.product.backorder_until = today - timedelta(days=1)
        self.product.invalidate_recordset()
        self.assertFalse(self.product.is_backorder_allowed)
        self.assertIn("until", self.product.backorder_policy_source)
        self._assert_refused(3, "not allowed .*until")

    def test_only_an_inventory_manager_changes_a_limit(self):
        """B5: a higher limit requires the permission."""
        self._limit(self.product, quantity=1)
        editor = self.env.ref("product.group_product_manager")
        for role in ("manager", "sales"):
            self.users[role].group_ids += editor
        self._as("manager", self.product).backorder_limit_qty = 5
        for values in (
            {"backorder_limit_qty": 50},
            {"backorder_limit": "none"},
            {"backorder_until": fields.Date.today() + timedelta(days=99)},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(AccessError, "inventory manager"),
            ):
                self._as("sales", self.product).write(values)

    def test_a_negative_limit_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "negative"):
            self._limit(self.product, quantity=-1)

    def test_a_higher_limit_retries_backorders(self):
        self._limit(self.product, quantity=5)
        self._confirm((self.product, 5))
        self.env.cr.flush()
        self.retries.search([]).unlink()
        self.product.backorder_limit_qty = 9
        self.assertIn(self.product, self.retries.search([]).product_id)

    def test_stock_itself_needs_no_limit(self):
        """Available stock is promised regardless of the limit."""
        self._set_stock(self.product, 20)
        self._limit(self.product, quantity=0)
        self.assertEqual(self._confirm((self.product, 20)).state, "sale")
