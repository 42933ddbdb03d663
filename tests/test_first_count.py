# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import BackorderCommon


class FirstCountMixin:
    """A first count that was entered and not applied yet.

    Odoo stores it on a quant without any quantity, not even zero.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counted = cls._create_product("Counted First", allow_backorder="yes")
        cls._enter_count(cls.counted, 3)

    @classmethod
    def _enter_count(cls, product, quantity):
        values = {"product_id": product.id, "location_id": cls.stock.id}
        cls.env["stock.quant"].with_context(inventory_mode=True).create(
            {**values, "inventory_quantity": quantity}
        )
        cls.env.flush_all()


class FirstCountCommon(FirstCountMixin, BackorderCommon):
    """The same for the root's own tests."""


@tagged("post_install", "-at_install")
class TestFirstCount(FirstCountCommon):
    def test_stock_by_location_without_quantity(self):
        """D2: none of it is on hand, reserved or available."""
        rows = self.availability.get_locations(self.counted, self.warehouse)
        [row] = rows[self.counted.id, self.warehouse.id]
        self.assertEqual((row["on_hand"], row["reserved"], row["available"]), (0, 0, 0))

    def test_a_request_for_it_is_pending(self):
        """B4, E5: an approval is requested as for any other product."""
        self.company.shortage_policy = "pending"
        self.counted.allow_backorder = "no"
        order = self._create_order((self.counted, 2))
        order.action_confirm()
        self.assertTrue(order.requires_inventory_override)
        self.assertEqual(self._get(self.counted), -2)
