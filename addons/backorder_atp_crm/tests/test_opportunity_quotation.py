# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestOpportunityQuotation(OpportunityCommon):
    """E3, E4: soft reservations of an opportunity go into its quotation."""

    def test_quotation_gets_products_and_reservations(self):
        """E4: products, price, warehouse; others cannot have the stock."""
        self.lead.line_ids.price_unit = 44
        self._allocate()
        order = self._quote()
        line = order.order_line
        self.assertEqual((line.product_id, line.product_uom_qty), (self.protected, 4))
        self.assertEqual(line.price_unit, 44)
        self.assertEqual(order.warehouse_id, self.warehouse)
        self.assertEqual(order.soft_reservation_count, 1)
        self.assertEqual(order.stock_reserved_until, self.lead.stock_reserved_until)
        self.assertFalse(any(order._get_stock_to_reserve().values()))
        self.assertIn(
            self.lead.soft_reservation_ids,
            self.env["stock.soft.reservation"].search(
                order.action_view_soft_reservations()["domain"]
            ),
        )

    def test_confirmed_order_consumes(self):
        """E4: the order takes reserved stock, also when nothing else is left."""
        self._allocate()
        self._confirm((self.protected, 6))
        order = self._quote()
        self.assertEqual(order.order_line.promise_available_qty, 4)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.lead.soft_reservation_ids.state, "consumed")
        self.assertEqual(order.order_line.allocated_qty, 4)
        self.assertEqual(self.lead.allocation_state, "ordered")
        self.assertEqual(self._get(self.protected), 0)

    def test_unsaved_quotation_shows_what_is_soft_reserved(self):
        """E4: before it is saved, the quotation counts on it, too."""
        self._allocate()
        self._confirm((self.protected, 6))
        action = self._as("sales", self.lead).action_sale_quotations_new()
        orders = self.env["sale.order"].with_context(**action["context"])
        with Form(orders) as form, form.order_line.edit(0) as line:
            self.assertEqual(line.promise_available_qty, 4)
            self.assertFalse(line.is_promise_short)

    def test_others_of_the_customer_do_not(self):
        """E4: only the opportunity's own orders, of its own customer."""
        self._allocate()
        with self.assertRaises(UserError):
            self._confirm((self.protected, 7))
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self._create_order(
            (self.protected, 7),
            partner_id=stranger.id,
            opportunity_id=self.lead.id,
        )
        self.assertEqual(order.soft_reservation_count, 0)
        with self.assertRaises(UserError):
            order.action_confirm()
        self.assertEqual(self.lead.soft_reservation_ids.state, "active")

    def test_rest_is_released_with_the_last_order(self):
        """E4: what no order took is free once the last quotation is confirmed."""
        self._allocate()
        first, second = self._quote(), self._quote()
        first.order_line.product_uom_qty = 1
        second.order_line.product_uom_qty = 2
        first.action_confirm()
        self.assertEqual(self.lead.soft_reservation_ids.remaining_quantity, 3)
        second.action_confirm()
        self.assertEqual(self.lead.soft_reservation_ids.state, "released")
        self.assertEqual(self._get(self.protected), 7)

    def test_cancelled_quotation_gives_back(self):
        """E4: stock taken over by a quotation still belongs to the opportunity."""
        self._allocate()
        self._quote()._action_cancel()
        self.assertEqual(self.lead.allocation_state, "allocated")

    def test_won_keeps_for_the_quotation(self):
        """E4: won before the order is confirmed, the stock stays reserved."""
        self._allocate()
        order = self._quote()
        self.lead.action_set_won()
        self.assertEqual(self.lead.soft_reservation_ids.state, "active")
        order.action_confirm()
        self.assertEqual(self.lead.soft_reservation_ids.state, "consumed")

    def test_new_customer_takes_the_reservations_along(self):
        """E4: another customer of the opportunity is whom the stock is for."""
        self._allocate()
        other = self.env["res.partner"].create({"name": "Other"})
        self._as("sales", self.lead).partner_id = other
        self.assertEqual(self.lead.soft_reservation_ids.partner_id, other)
        self._quote().action_confirm()
        self.assertEqual(self.lead.soft_reservation_ids.state, "consumed")

    def test_order_pending_approval_counts_once(self):
        """B4, E4: its whole demand is committed, without its soft reservation."""
        self.company.shortage_policy = "pending"
        self._allocate()
        order = self._quote()
        order.order_line.product_uom_qty = 12
        order.action_confirm()
        self.assertTrue(order.requires_inventory_override)
        self.assertEqual(self._get(self.protected), -2)

    def test_several_warehouses_several_quotations(self):
        """A6, E4: each warehouse gets its own."""
        second = self._create_warehouse("Second", "WH2")
        self._set_stock(self.protected, 5, second.lot_stock_id)
        self.lead.line_ids.copy({"warehouse_id": second.id, "quantity": 2})
        self._allocate()
        action = self._as("sales", self.lead).action_new_quotation()
        orders = self.env["sale.order"].search(action["domain"])
        self.assertEqual(
            {order.warehouse_id: order.order_line.product_uom_qty for order in orders},
            {self.warehouse: 4, second: 2},
        )
        orders.action_confirm()
        self.assertEqual(
            set(self.lead.soft_reservation_ids.mapped("state")), {"consumed"}
        )

    def test_credit_impact(self):
        """E3: limit, used, available, impact, may proceed, on the opportunity."""
        self.company.account_use_credit_limit = True
        self.customer.with_company(self.company).credit_limit = 500
        lead = self._as("sales", self.lead)
        self.assertTrue(lead.has_credit_limit)
        self.assertEqual((lead.credit_impact, lead.credit_available), (200, 500))
        self.assertEqual(lead.credit_verdict, "within")
        self.lead.line_ids.quantity = 11
        self.assertEqual(lead.credit_verdict, "beyond")
        impact = lead.get_credit_impact()
        self.assertEqual(impact["remainingCredit"], -50)
        self.assertFalse(impact["canProcessOrder"])
        nobody = self._create_lead((self.protected, 1), partner_id=False)
        self.assertFalse(nobody.has_credit_limit)
        with self.assertRaisesRegex(UserError, "Choose a customer"):
            nobody.get_credit_impact()
