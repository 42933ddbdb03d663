# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import OrderValidationError
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestUnmatched(BackorderCommon):
    def _confirm_with_unmatched(self, quantity=2):
        item = {"reference": "ACME-77", "quantity": quantity, "price_unit": 9.5}
        order = self._confirm(unmatched_line_ids=[Command.create(item)])
        self.assertEqual(order.backorder_state, "on_hold")
        return order, order.unmatched_line_ids

    def test_matching_makes_the_line_and_allocates(self):
        """C12: once matched, the item is an order line."""
        order, item = self._confirm_with_unmatched()
        self.assertEqual(order.hold_reason, "Unmatched items: ACME-77")
        self._set_stock(self.protected, 2)
        item.action_match(self.protected)
        line = order.order_line
        self.assertEqual((line.product_id, line.product_uom_qty), (self.protected, 2))
        self.assertEqual(line.price_unit, 9.5)
        self.assertEqual(item.sale_line_id, line)
        self.assertEqual(order.backorder_state, "allocated")
        self.assertFalse(order.hold_reason)
        self.assertEqual(
            self._get_events("order:item_matched", order_id=order).reason, "ACME-77"
        )

    def test_unmatched_items_are_not_filled(self):
        """C5, C12: an order that lacks them is never filled by all its quantity."""
        self._set_stock(self.protected, 6)
        item = {"reference": "ACME-77", "quantity": 2}
        order = self._confirm(
            (self.protected, 6), unmatched_line_ids=[Command.create(item)]
        )
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertEqual(order.backorder_fill_rate, 75)

    def test_matching_is_checked(self):
        """C12, B4: an item that cannot be promised is not matched."""
        order, item = self._confirm_with_unmatched()
        with self.assertRaises(OrderValidationError):
            item.action_match(self.protected)
        self.assertFalse(item.product_id)
        self.assertFalse(order.order_line)

    def test_matched_backorder_is_in_the_queue(self):
        """C12, C2: a matched item that is short is retried like others."""
        order, item = self._confirm_with_unmatched()
        item.action_match(self.backorderable.id)
        self.assertEqual(order.backorder_state, "backordered")
        self._receive(self.backorderable, 2)
        self.assertEqual(order.backorder_state, "allocated")

    def test_matched_once(self):
        """C12: a second match would order twice."""
        _order, item = self._confirm_with_unmatched()
        item.action_match(self.backorderable)
        with self.assertRaisesRegex(UserError, "already on the order"):
            item.action_match(self.protected)

    def test_item_dropped(self):
        """C12: a deleted item no longer holds the order."""
        order, item = self._confirm_with_unmatched()
        item.unlink()
        self.assertEqual(order.backorder_state, "none")
        self.assertFalse(order.hold_reason)

    def test_operator_may_match(self):
        """C10: users who may read but not create orders can match."""
        order, item = self._confirm_with_unmatched()
        self._as("operator", item).action_match(self.backorderable)
        self.assertEqual(order.order_line.product_id, self.backorderable)
