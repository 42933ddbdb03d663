# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import PosCommon


@tagged("post_install", "-at_install")
class TestPosOrder(PosCommon):
    def _get_quantity(self, product):
        return sum(self._get_quants(product).mapped("quantity"))

    # ------------------------------------------------------------------
    # Sold and gone
    # ------------------------------------------------------------------

    def test_sold_beyond_stock_is_booked(self):
        """A3, A4: a sale of three with one on hand is booked, in any phase."""
        self._open_pos()
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            product = self._create_product(f"Shelf, {phase}")
            self._set_stock(product, 1)
            order = self._sell((product, 3))
            self.assertEqual(order.picking_ids.state, "done")
            self.assertEqual(self._get_quantity(product), -2)
            event = self._get_events("inventory.oversold", product_id=product)
            self.assertEqual(event.payload["new_stock"], -2)
            self.assertEqual(event.trigger_source, f"pos:{order.name}")
            self.assertEqual(
                product.product_tmpl_id.activity_ids.user_id,
                self.users["manager"] if phase != "dark" else self.env["res.users"],
            )

    def test_short_product_does_not_hold_up_a_session(self):
        """A3: closing a session books all products, also with a short one."""
        session = self._open_pos(is_real_time=False)
        self._set_stock(self.protected, 1)
        plenty = self._create_product("Plenty")
        self._set_stock(plenty, 10)
        sold = self._sell((self.protected, 2), (plenty, 4))
        self.assertEqual(self._get_quantity(plenty), 10)
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")
        self.assertEqual(session.picking_ids.mapped("state"), ["done"])
        self.assertEqual(self._get_quantity(plenty), 6)
        self.assertEqual(self._get_quantity(self.protected), -1)
        event = self._get_events("inventory.oversold", product_id=self.protected)
        self.assertEqual(event.trigger_source, f"pos:{sold.name}")

    def test_sale_of_stock_reserved_for_an_order(self):
        """B3: it is booked, and the salesperson of the order is notified."""
        self._open_pos()
        self._set_stock(self.protected, 5)
        order = self._confirm((self.protected, 5), user_id=self.users["sales"].id)
        sold = self._sell((self.protected, 3))
        self.assertEqual(sold.picking_ids.state, "done")
        self.assertEqual(order.order_line.backorder_qty, 3)
        event = self._get_events("inventory.reservation_taken", order_id=order)
        self.assertEqual(event.quantity, 3)
        self.assertIn(sold.picking_ids.name, event.reason)
        self.assertEqual(order.activity_ids.user_id, self.users["sales"])

    def test_return_at_the_point_of_sale(self):
        """A3: returned goods are stock again, without an event."""
        self._open_pos()
        self._set_stock(self.protected, 2)
        self._sell((self.protected, 2))
        self._sell((self.protected, -1))
        self.assertEqual(self._get_quantity(self.protected), 1)
        self.assertEqual(self._get(self.protected), 1)
        self.assertFalse(self._get_events("inventory.oversold"))

    # ------------------------------------------------------------------
    # Shipped later
    # ------------------------------------------------------------------

    def _sell_for_later(self, product, quantity):
        day = fields.Date.today() + timedelta(days=3)
        return self._sell((product, quantity), shipping_date=fields.Date.to_string(day))

    def test_shipped_later_within_what_can_be_promised(self):
        """B3: it is promised, without an event."""
        self._open_pos()
        self._set_stock(self.protected, 5)
        self._sell_for_later(self.protected, 2)
        self.assertEqual(self._get(self.protected), 3)
        self.assertFalse(
            self._get_events("order:oversold") | self._get_events("order:would_block")
        )

    def test_shipped_later_beyond_what_can_be_promised(self):
        """B3, B9: it is paid and kept; it is logged, and the responsible notified."""
        self._open_pos()
        for phase, event_type in (
            ("dark", "order:would_block"),
            ("soft", "order:oversold"),
            ("hard", "order:oversold"),
        ):
            self.company.promise_phase = phase
            product = self._create_product(f"Later, {phase}")
            self._set_stock(product, 5)
            self._confirm((product, 4))
            order = self._sell_for_later(product, 2)
            event = self._get_events(event_type, product_id=product)
            self.assertEqual((event.quantity, event.reason), (1, order.name))
            self.assertEqual(
                order.picking_ids.activity_ids.user_id,
                self.users["manager"] if phase != "dark" else self.env["res.users"],
            )

    def _promise_without_reserving(self, product, quantity):
        order = self._confirm((product, quantity))
        order.picking_ids.do_unreserve()
        return order

    def _get_later_move(self, product, quantity):
        """Sell for later, and try to reserve; return the move of the delivery."""
        picking = self._sell_for_later(product, quantity).picking_ids
        picking.action_assign()
        return picking.move_ids

    def test_shipped_later_reserves_no_promised_stock(self):
        """B3: stock promised to an order is not reserved."""
        self._open_pos()
        for phase in ("soft", "hard"):
            self.company.promise_phase = phase
            product = self._create_product(f"Kept, {phase}")
            self._set_stock(product, 5)
            order = self._promise_without_reserving(product, 4)
            move = self._get_later_move(product, 2)
            self.assertEqual(move.quantity, 1)
            order.picking_ids.action_assign()
            self.assertEqual(order.order_line.allocated_qty, 4)

    def test_shipped_later_gets_what_arrives(self):
        """C2: the delivery is allocated once stock is not promised to other orders."""
        self._open_pos()
        self._set_stock(self.protected, 5)
        self._promise_without_reserving(self.protected, 4)
        moves = self._get_later_move(self.protected, 2)
        moves |= self._get_later_move(self.protected, 3)
        self.assertEqual(sum(moves.mapped("quantity")), 1)
        self._receive(self.protected, 2)
        self._run_retries()
        self.assertEqual(sum(moves.mapped("quantity")), 3)
        self._receive(self.protected, 2)
        self._run_retries()
        self.assertEqual(moves.mapped("state"), ["assigned", "assigned"])

    def test_shipped_later_with_quantity_entered_on_the_delivery(self):
        """B3: a quantity entered on the delivery is shipped."""
        self._open_pos()
        self._set_stock(self.protected, 5)
        self._promise_without_reserving(self.protected, 5)
        move = self._get_later_move(self.protected, 2)
        self.assertEqual(move.quantity, 0)
        self._validate(self._as("operator", move.picking_id), 2)
        self.assertEqual(move.state, "done")

    def test_shipped_later_dark_reserves_as_odoo_does(self):
        """B9: in the monitor phase stock is reserved as in Odoo."""
        self._open_pos()
        self.company.promise_phase = "dark"
        self._set_stock(self.protected, 5)
        self._promise_without_reserving(self.protected, 4)
        self.assertEqual(self._get_later_move(self.protected, 2).quantity, 2)

    def test_shipped_later_where_backorders_are_allowed(self):
        """A1, B9: backorders are sold without an event."""
        self._open_pos()
        order = self._sell_for_later(self.backorderable, 2)
        self.assertTrue(order.picking_ids)
        self.assertFalse(self._get_events("order:oversold"))
