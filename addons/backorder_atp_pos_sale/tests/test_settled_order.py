# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_point_of_sale.tests.common import PosCommon


class SettledOrderCommon(PosCommon):
    """Quotations and orders that a customer pays at a point of sale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as in Odoo, users who settle a quotation may confirm it
        cls.cashier.group_ids = [
            Command.link(cls.env.ref("sales_team.group_sale_salesman_all_leads").id)
        ]

    def _settle(self, order, quantity=None, **values):
        lines = [
            (
                line.product_id,
                quantity or line.product_uom_qty,
                {"sale_order_line_id": line.id, "sale_order_origin_id": order.id},
            )
            for line in order.order_line
        ]
        return self._sell(*lines, **values)

    def _settle_for_later(self, order, quantity=None):
        day = fields.Date.today() + timedelta(days=3)
        return self._settle(order, quantity, shipping_date=fields.Date.to_string(day))


@tagged("post_install", "-at_install")
class TestSettledOrder(SettledOrderCommon):
    def test_last_unit_is_settled(self):
        """B3: the last unit is sold; no stock and no open demand are left."""
        self._open_pos()
        for policy in ("block", "pending"):
            self.company.shortage_policy = policy
            product = self._create_product(f"Last One, {policy}")
            self._set_stock(product, 1)
            quotation = self._create_order((product, 1))
            self._settle(quotation)
            self.assertEqual(quotation.state, "sale")
            self.assertEqual(quotation.order_line.qty_delivered, 1)
            self.assertFalse(quotation.requires_inventory_override)
            self.assertEqual(self._get(product), 0)
            self.assertFalse(
                quotation.picking_ids.filtered(lambda pick: pick.state != "cancel")
            )

    def test_dark_phase_logs_no_settled_order_within_stock(self):
        """B9: the last unit would not have been refused."""
        self.company.promise_phase = "dark"
        self._open_pos()
        self._set_stock(self.protected, 1)
        quotation = self._create_order((self.protected, 1))
        self._settle(quotation)
        self.assertEqual(quotation.state, "sale")
        self.assertFalse(self._get_events("order:would_block"))

    def test_settled_beyond_stock(self):
        """B3: a sale beyond stock is booked; the order has no open demand."""
        self._open_pos()
        self._set_stock(self.protected, 1)
        quotation = self._create_order((self.protected, 3))
        self._settle(quotation)
        self.assertEqual(quotation.state, "sale")
        self.assertEqual(sum(self._get_quants(self.protected).mapped("quantity")), -2)
        self.assertFalse(quotation.requires_inventory_override)

    def test_part_of_a_quotation_is_settled(self):
        """B4: it is paid, so it is kept; the missing quantity needs an approval."""
        self._open_pos()
        self._set_stock(self.protected, 2)
        quotation = self._create_order((self.protected, 5))
        self._settle(quotation, 2)
        self.assertEqual(quotation.state, "sale")
        self.assertTrue(quotation.requires_inventory_override)
        self.assertEqual(self._get(self.protected), -3)
        request = quotation.override_ids
        self.assertEqual(request.line_ids.requested_qty, 3)

    def test_part_of_a_quotation_is_settled_and_the_rest_in_stock(self):
        """B3: the rest is delivered as usual."""
        self._open_pos()
        self._set_stock(self.protected, 5)
        quotation = self._create_order((self.protected, 5))
        self._settle(quotation, 2)
        move = quotation.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        self.assertEqual(move.product_uom_qty, 3)
        self.assertEqual(self._get(self.protected), 0)

    def test_reserved_order_is_settled(self):
        """C8: it was never short, and its customer is not notified."""
        self._open_pos()
        self._set_stock(self.protected, 2)
        order = self._confirm((self.protected, 2))
        self._settle(order)
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self._get(self.protected), 0)
        self.assertFalse(self._get_events("order:backordered", order_id=order))
        self.assertFalse(
            self._get_events("inventory.reservation_taken", order_id=order)
        )

    def test_settled_and_shipped_later(self):
        """B3: the point of sale ships it; the order has no further demand."""
        self._open_pos()
        for phase in ("dark", "hard"):
            self.company.promise_phase = phase
            product = self._create_product(f"Later, {phase}")
            self._set_stock(product, 2)
            quotation = self._create_order((product, 2))
            self._settle_for_later(quotation)
            self.assertEqual(quotation.state, "sale")
            self.assertFalse(quotation.requires_inventory_override)
            self.assertEqual(self._get(product), 0)
        self.assertFalse(
            self._get_events("order:oversold") | self._get_events("order:would_block")
        )

    def test_confirmed_and_shipped_later(self):
        """B3: a confirmed order is not promised twice."""
        self._open_pos()
        self._set_stock(self.protected, 2)
        order = self._confirm((self.protected, 2))
        self._settle_for_later(order)
        self.assertFalse(self._get_events("order:oversold"))
        self.assertEqual(self._get(self.protected), 0)

    def test_increase_requested_and_shipped_later(self):
        """B3, B4: a pending increase is counted once, not twice."""
        self.company.shortage_policy = "pending"
        self._open_pos()
        self._set_stock(self.protected, 3)
        order = self._confirm((self.protected, 2))
        order.order_line.product_uom_qty = 5
        self.assertEqual(order.override_ids.kind, "increase")
        self._settle_for_later(order, 5)
        self.assertEqual(self._get_events("order:oversold").quantity, 2)

    def test_raised_after_it_was_settled(self):
        """B4: only the added quantity is delivered and checked."""
        self._open_pos()
        self._set_stock(self.protected, 2)
        quotation = self._create_order((self.protected, 1))
        self._settle(quotation)
        quotation.order_line.product_uom_qty = 2
        move = quotation.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        self.assertEqual(move.product_uom_qty, 1)
