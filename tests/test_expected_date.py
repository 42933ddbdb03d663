# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestExpectedDate(BackorderCommon):
    def _in_days(self, days):
        return fields.Date.today() + timedelta(days=days)

    def _expect(self, quantity, days, product=None):
        receipt = self._create_receipt(product or self.backorderable, quantity)
        receipt.move_ids.date = self._in_days(days)
        return receipt

    def _get_expected(self, order):
        order._forget_expected_dates()
        return order.expected_fulfilment_date, order.is_fulfilment_date_confirmed

    def test_the_receipt_that_covers_the_shortage_decides(self):
        """E7: not the first receipt, but the one that completes the quantity."""
        self._expect(3, 4)
        self._expect(3, 8)
        order = self._confirm((self.backorderable, 5))
        self.assertEqual(self._get_expected(order), (self._in_days(8), True))

    def test_supply_goes_along_the_queue(self):
        """E7: what is on its way belongs to who waits first; priority moves ahead."""
        self._expect(5, 4)
        self._expect(5, 9)
        first = self._confirm((self.backorderable, 5))
        second = self._confirm((self.backorderable, 5))
        self.assertEqual(self._get_expected(first), (self._in_days(4), True))
        self.assertEqual(self._get_expected(second), (self._in_days(9), True))
        second.backorder_priority = "urgent"
        self.assertEqual(self._get_expected(first), (self._in_days(9), True))
        self.assertEqual(self._get_expected(second), (self._in_days(4), True))

    def test_who_is_on_hold_waits_longest(self):
        """E7, C4: an order on hold gets none of what arrives while others wait."""
        self._expect(5, 4)
        held = self._confirm((self.backorderable, 5))
        order = self._confirm((self.backorderable, 5))
        self._as("operator", held).action_hold("no answer")
        self.assertEqual(self._get_expected(order), (self._in_days(4), True))
        self.assertEqual(self._get_expected(held), (False, False))

    def test_without_supply_the_vendors_lead_time_is_no_promise(self):
        """E7: nothing is on its way."""
        self.backorderable.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 12, "min_qty": 99})
        ]
        order = self._confirm((self.backorderable, 5))
        self.assertEqual(self._get_expected(order), (self._in_days(12), False))

    def test_an_overdue_receipt_promises_nothing(self):
        """E7: nobody knows when it comes."""
        self._expect(5, -2)
        order = self._confirm((self.backorderable, 5))
        self.assertEqual(self._get_expected(order), (False, False))

    def test_the_latest_line_decides_for_the_order(self):
        """E7: and one line nobody can tell about leaves the order without a date."""
        other = self._create_product("Other", allow_backorder="yes")
        self._expect(5, 4)
        receipt = self._expect(5, 6, other)
        order = self._confirm((self.backorderable, 5), (other, 5))
        self.assertEqual(self._get_expected(order), (self._in_days(6), True))
        receipt.action_cancel()
        self.assertEqual(self._get_expected(order), (False, False))
        self.assertEqual(order.order_line[0].expected_fulfilment_date, self._in_days(4))

    def test_units_of_the_line_do_not_matter(self):
        """E7: a dozen is covered by twelve."""
        self._expect(11, 4)
        self._expect(1, 5)
        line = {
            "product_id": self.backorderable.id,
            "product_uom_qty": 1,
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
        }
        order = self._confirm(line)
        self.assertEqual(self._get_expected(order), (self._in_days(5), True))

    def test_supply_bought_for_one_order_is_nobody_elses(self):
        """E7: a receipt made to order is left out; its own order gets its date."""
        to_order = self._create_bought_to_order()
        to_order.allow_backorder = "yes"
        order = self._confirm((to_order, 2))
        purchase = (
            self.env["purchase.order.line"]
            .search([("product_id", "=", to_order.id)])
            .order_id
        )
        purchase.button_confirm()
        purchase.picking_ids.move_ids.date = self._in_days(3)
        moves = order.order_line.move_ids
        self.assertEqual(moves._get_expected_supply_dates(), {moves: self._in_days(3)})
        other = self._confirm(
            {
                "product_id": to_order.id,
                "product_uom_qty": 2,
                "route_ids": [Command.set(self.warehouse.delivery_route_id.ids)],
            }
        )
        self.assertFalse(self._get_expected(other)[1])

    def test_other_warehouses_supply_does_not_count(self):
        """E7: what goes elsewhere does not come here."""
        other = self._create_warehouse("Elsewhere", "ELSE")
        self._create_receipt(self.backorderable, 9, other.lot_stock_id)
        order = self._confirm((self.backorderable, 5), warehouse_id=self.warehouse.id)
        self.assertEqual(self._get_expected(order), (False, False))

    def test_nothing_waits_no_date(self):
        """E7: an order that is allocated has nothing to expect."""
        self._set_stock(self.backorderable, 5)
        self._expect(5, 4)
        order = self._confirm((self.backorderable, 5))
        self.assertEqual(self._get_expected(order), (False, False))

    def test_many_orders_are_read_at_once(self):
        """E7: the list asks once, however many orders it shows."""
        self._expect(100, 4)
        for _count in range(3):
            self._confirm((self.backorderable, 1))
        self.env.cr.flush()
        orders = self.env["sale.order"].search([("order_line.backorder_qty", ">", 0)])
        orders.mapped("expected_fulfilment_date")
        self.env.invalidate_all()
        few = self._count_queries(orders[:1])
        self.env.invalidate_all()
        many = self._count_queries(orders)
        self.assertLessEqual(many, few + 2)

    def _count_queries(self, orders):
        before = self.env.cr.sql_log_count
        orders.mapped("expected_fulfilment_date")
        return self.env.cr.sql_log_count - before
