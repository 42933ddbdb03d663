# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import InsufficientStockError, OrderValidationError
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestPhysicalFacts(BackorderCommon):
    """Physical facts are booked; anything else can be refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backorder_responsible_id = cls.users["manager"]
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.seller = cls.users["sales"]
        cls._set_stock(cls.protected, 5)
        cls.order = cls._confirm((cls.protected, 5), user_id=cls.seller.id)

    def _deliver_without_order(self, quantity, user="operator"):
        picking = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.customers,
            (self.protected, quantity),
        )
        self._validate(self._as(user, picking), quantity)
        return picking

    def _count(self, quantity):
        quant = self._get_quants(self.protected)
        quant.with_context(inventory_mode=True).inventory_quantity = quantity
        quant.action_apply_inventory()

    def _get_taken(self):
        return self._get_events("inventory.reservation_taken", order_id=self.order)

    # ------------------------------------------------------------------
    # Reserved stock
    # ------------------------------------------------------------------

    def test_delivery_without_order_takes_no_reserved_stock(self):
        """B3: the refusal lists the orders that the stock is reserved for."""
        with self.assertRaisesRegex(
            InsufficientStockError, f"3.0 Units for {self.order.name}"
        ):
            self._deliver_without_order(3)
        self.assertEqual(self.order.order_line.allocated_qty, 5)

    def test_picked_goods_are_not_taken(self):
        """B3: nor goods that are picked for an order and not shipped yet."""
        self.order.picking_ids.move_ids.picked = True
        with self.assertRaisesRegex(
            InsufficientStockError, f"3.0 Units for {self.order.name}"
        ):
            self._deliver_without_order(3)

    def test_delivery_of_another_order_takes_no_reserved_stock(self):
        """B3: nor by the delivery of another order."""
        self.protected.allow_backorder = "yes"
        other = self._confirm((self.protected, 3))
        with self.assertRaisesRegex(InsufficientStockError, self.order.name):
            self._validate(other.picking_ids, 3)
        self.assertEqual(self.order.backorder_state, "allocated")

    def test_finished_delivery_raised_takes_no_reserved_stock(self):
        """B3: nor by correcting a done delivery."""
        self._receive(self.protected, 1)
        picking = self._deliver_without_order(1)
        with self.assertRaisesRegex(InsufficientStockError, self.order.name):
            picking.move_line_ids.quantity = 3

    def test_line_added_to_a_finished_delivery_takes_no_reserved_stock(self):
        """B3: nor by adding a line to it."""
        self._receive(self.protected, 1)
        picking = self._deliver_without_order(1)
        line = {
            "product_id": self.protected.id,
            "quantity": 2,
            "location_id": self.stock.id,
            "location_dest_id": self.customers.id,
        }
        with self.assertRaisesRegex(InsufficientStockError, self.order.name):
            picking.move_line_ids = [Command.create(line)]
        self.company.promise_phase = "soft"
        picking.move_line_ids = [Command.create(line)]
        self.assertEqual(self._get_taken().quantity, 2)

    def test_approve_phase_notifies_the_salesperson(self):
        """B9: in the approve phase it passes, and the salesperson is notified."""
        self.company.promise_phase = "soft"
        picking = self._deliver_without_order(3)
        event = self._get_taken()
        self.assertEqual(event.quantity, 3)
        self.assertEqual(event.reason, picking.name)
        self.assertEqual(event.payload["stillReserved"], 2)
        activity = self.order.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn(picking.name, activity.note)

    def test_monitor_phase_only_logs_lost_reservations(self):
        """B9: in the monitor phase it is only logged."""
        self.company.promise_phase = "dark"
        self._deliver_without_order(3)
        self.assertEqual(self._get_taken().quantity, 3)
        self.assertFalse(self.order.activity_ids)

    def test_scrapped_goods_are_gone(self):
        """B3: Scrap is booked whatever the goods were reserved for."""
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.protected.id,
                "scrap_qty": 2,
                "location_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        self._as("operator", scrap).do_scrap()
        self.assertEqual(self._get_taken().quantity, 2)
        self.assertEqual(self.order.activity_ids.user_id, self.seller)
        self.assertEqual(self.order.order_line.backorder_qty, 2)

    def test_count_that_finds_less(self):
        """B3: a count is a fact; the affected order is logged."""
        self._count(4)
        self.assertEqual(self._get_taken().quantity, 1)
        self.assertEqual(self.order.activity_ids.user_id, self.seller)

    def test_moved_within_the_warehouse_stays_reserved(self):
        """B3: goods moved to another shelf stay reserved for the order."""
        transfer = self._create_picking(
            self.warehouse.int_type_id, self.stock, self.shelf, (self.protected, 3)
        )
        self._validate(transfer, 3)
        self.assertEqual(self.order.order_line.allocated_qty, 5)
        self.assertFalse(self._get_taken())

    def test_reserved_goods_moved_to_quarantine(self):
        """B3: goods may be moved to quarantine, and the order is logged."""
        cage = self._create_quarantine()
        transfer = self._create_picking(
            self.warehouse.int_type_id, self.stock, cage, (self.protected, 3)
        )
        self._validate(transfer, 3)
        self.assertEqual(self._get_taken().quantity, 3)

    def test_own_delivery_takes_what_it_reserved(self):
        """B3: an order's own delivery is no loss."""
        self._validate(self.order.picking_ids, 5)
        self.assertFalse(self._get_taken())
        self.assertEqual(self.order.order_line.qty_delivered, 5)

    # ------------------------------------------------------------------
    # Below zero
    # ------------------------------------------------------------------

    def test_fact_beyond_stock_is_booked_and_alerted(self):
        """A3, A4: it is booked, logged and the responsible is alerted."""
        product = self._create_product("Gone")
        picking = self._create_picking(
            self.warehouse.out_type_id, self.stock, self.customers, (product, 2)
        )
        with self.env["stock.move"]._booking_facts():
            self._validate(picking, 2)
        self.assertEqual(self._get_quants(product).quantity, -2)
        event = self._get_events("inventory.oversold", product_id=product)
        self.assertEqual(event.payload["new_stock"], -2)
        activity = product.product_tmpl_id.activity_ids
        self.assertEqual(activity.user_id, self.users["manager"])

    def test_fact_where_stock_is_below_zero_already(self):
        """A3: a fact is booked there too; other operations are still refused."""
        product = self._create_product("Gone")
        self._force_stock(product, -5)
        picking = self._create_picking(
            self.warehouse.out_type_id, self.stock, self.customers, (product, 1)
        )
        with self.assertRaises(InsufficientStockError):
            self._validate(picking, 1)
        with self.env["stock.move"]._booking_facts():
            self._validate(picking, 1)
        self.assertEqual(self._get_quants(product).quantity, -6)

    def test_caller_cannot_claim_a_fact(self):
        """B5: a caller cannot declare an operation a physical fact."""
        product = self._create_product("Gone")
        picking = self._create_picking(
            self.warehouse.out_type_id, self.stock, self.customers, (product, 1)
        )
        context = {"is_booking": True, "is_inventory": True, "inventory_mode": True}
        with self.assertRaises(InsufficientStockError):
            self._validate(picking.with_context(**context), 1)
        picking.move_ids.is_inventory = True
        with self.assertRaises(InsufficientStockError):
            self._validate(picking, 1)

    # ------------------------------------------------------------------
    # Between two companies
    # ------------------------------------------------------------------

    def test_receipt_from_a_sister_company(self):
        """A3: goods in transit between two companies belong to neither."""
        sister = self.env["res.company"].create({"name": "Sister"})
        transit = sister.partner_id.with_company(self.company).property_stock_supplier
        self.assertEqual(transit.usage, "transit")
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            product = self._create_product(f"From the Sister, {phase}")
            receipt = self._create_picking(
                self.warehouse.in_type_id, transit, self.stock, (product, 10)
            )
            self._validate(receipt, 10)
            self.assertEqual(receipt.state, "done")
            self.assertEqual(self._get(product), 10)
            self.assertFalse(self.events.search([("product_id", "=", product.id)]))

    def test_delivery_to_a_sister_company(self):
        """B3: goods for a sister company are delivered once they are in transit."""
        sister = self.env["res.company"].create({"name": "Sister"})
        for phase in ("dark", "soft", "hard"):
            self.company.promise_phase = phase
            product = self._create_product(f"For the Sister, {phase}")
            self._set_stock(product, 5)
            order = self._confirm((product, 5), partner_id=sister.partner_id.id)
            self._validate(order.picking_ids, 5)
            line = order.order_line
            self.assertEqual((line.qty_delivered, line.backorder_qty), (5, 0))
            self.assertEqual(self._get(product), 0)
            self.assertFalse(self._get_events("inventory.oversold", product_id=product))

    # ------------------------------------------------------------------
    # Deliveries beyond the ordered quantity
    # ------------------------------------------------------------------

    def _order_four(self):
        product = self._create_product("Plenty")
        self._set_stock(product, 20)
        return self._confirm((product, 4))

    def test_more_than_ordered_is_not_delivered(self):
        """B3: nine for an order of four is refused until the order is increased."""
        order = self._order_four()
        picking = self._as("operator", order.picking_ids)
        with self.assertRaisesRegex(OrderValidationError, "5.0 Units too many"):
            self._validate(picking, 9)
        order.order_line.product_uom_qty = 9
        self._validate(picking, 9)
        self.assertEqual(order.order_line.qty_delivered, 9)

    def _order_by_weight(self, stock):
        """Create an order for 4 kg, with ``stock`` on hand."""
        kilogram = self.env.ref("uom.product_uom_kgm")
        product = self._create_product("Cheese", uom_id=kilogram.id)
        self._set_stock(product, stock)
        return self._confirm((product, 4))

    def test_weighed_goods_within_the_tolerance(self):
        """B3, B6: 4.2 kg of 4 kg can be delivered by any user, and are logged."""
        self.company.over_delivery_tolerance = 5
        order = self._order_by_weight(20)
        self._validate(self._as("operator", order.picking_ids), 4.2)
        self.assertEqual(order.order_line.qty_delivered, 4.2)
        event = self._get_events("order:over_delivered", order_id=order)
        self.assertAlmostEqual(event.quantity, 0.2)

    def test_weighed_goods_beyond_the_tolerance(self):
        """B3: several deliveries share the tolerance, and 0 allows nothing."""
        order = self._order_by_weight(20)
        picking = self._as("operator", order.picking_ids)
        with self.assertRaisesRegex(OrderValidationError, "0.2 kg too many"):
            self._validate(picking, 4.2)
        self.company.over_delivery_tolerance = 5
        with self.assertRaisesRegex(OrderValidationError, "0.3 kg too many"):
            self._validate(picking, 4.3)
        self._validate(picking, 4.1)
        with self.assertRaisesRegex(OrderValidationError, "too many"):
            picking.move_line_ids.quantity = 4.3
        picking.move_line_ids.quantity = 4.2
        self.assertEqual(order.order_line.qty_delivered, 4.2)

    def test_tolerance_takes_nothing_from_others(self):
        """B3: stock promised to another order is not used."""
        self.company.over_delivery_tolerance = 5
        for policy in ("no", "yes"):
            order = self._order_by_weight(8.1)
            product = order.order_line.product_id
            product.allow_backorder = policy
            other = self._confirm((product, 4))
            picking = self._as("operator", order.picking_ids)
            with self.assertRaises(UserError):
                self._validate(picking, 4.2)
            self._validate(picking, 4.1)
            self.assertEqual(other.order_line.backorder_qty, 0)

    def test_tolerance_takes_nothing_promised_that_is_not_reserved_yet(self):
        """B3: nor stock promised to an order with manual reservation."""
        self.company.over_delivery_tolerance = 5
        order = self._order_by_weight(8.1)
        order.order_line.product_id.allow_backorder = "yes"
        self.warehouse.out_type_id.reservation_method = "manual"
        other = self._confirm((order.order_line.product_id, 4))
        self.assertFalse(other.picking_ids.move_ids.quantity)
        picking = self._as("operator", order.picking_ids)
        with self.assertRaises(UserError):
            self._validate(picking, 4.2)
        self._validate(picking, 4.1)

    def test_tolerance_in_two_steps(self):
        """B3: goods picked within the tolerance can be delivered."""
        self.warehouse.delivery_steps = "pick_ship"
        self.company.over_delivery_tolerance = 5
        order = self._order_by_weight(4.2)
        pick = order.picking_ids
        self._validate(self._as("operator", pick), 4.2)
        ship = order.picking_ids - pick
        self._validate(self._as("operator", ship), 4.2)
        self.assertEqual(order.order_line.qty_delivered, 4.2)

    def test_tolerance_has_bounds(self):
        """C3: a percentage of the ordered quantity."""
        for percent in (-1, 101):
            with self.assertRaises(ValidationError):
                self.company.over_delivery_tolerance = percent

    def test_manager_may_deliver_more_than_ordered(self):
        """B3, B6: an inventory manager may validate it, and it is logged."""
        order = self._order_four()
        self._validate(self._as("manager", order.picking_ids), 9)
        event = self._get_events("order:over_delivered", order_id=order)
        self.assertEqual(event.quantity, 5)
        self.assertEqual(event.user_id, self.users["manager"])

    def test_monitor_and_approve_phases_log_over_deliveries(self):
        """B3, B9: before the enforce phase it passes and is logged."""
        for phase in ("dark", "soft"):
            self.company.promise_phase = phase
            order = self._order_four()
            self._validate(self._as("operator", order.picking_ids), 9)
            event = self._get_events("order:over_delivered", order_id=order)
            self.assertEqual((event.quantity, event.phase), (5, phase))

    def test_several_deliveries_are_added_up(self):
        """B3: two deliveries of three exceed an order of four."""
        order = self._order_four()
        first = order.picking_ids
        first.move_ids.quantity = 3
        first.move_ids.picked = True
        first.with_context(cancel_backorder=False)._action_done()
        rest = self._as("operator", order.picking_ids - first)
        with self.assertRaisesRegex(OrderValidationError, "2.0 Units too many"):
            self._validate(rest, 3)
        self._validate(rest, 1)

    def test_finished_delivery_is_not_raised_beyond_the_order(self):
        """B3: correcting a done delivery counts as well."""
        order = self._order_four()
        self._validate(order.picking_ids, 4)
        with self.assertRaisesRegex(OrderValidationError, "too many"):
            self._as("operator", order.picking_ids).move_line_ids.quantity = 5

    def test_product_that_was_not_ordered(self):
        """B3: a product that was not ordered is not delivered with the order."""
        order = self._order_four()
        extra = self._create_product("Gift")
        self._set_stock(extra, 5)
        picking = self._as("operator", order.picking_ids)
        picking.move_ids = [
            Command.create(
                {
                    "product_id": extra.id,
                    "product_uom_qty": 1,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                }
            )
        ]
        picking.action_confirm()
        with self.assertRaisesRegex(UserError, "Gift: 1.0 Units too many"):
            picking.move_ids.picked = True
            picking.button_validate()

    def test_goods_sent_again_after_a_return(self):
        """B3: returned goods may be sent again."""
        order = self._order_four()
        picking = order.picking_ids
        self._validate(picking, 4)
        back = self.env["stock.return.picking"].create({"picking_id": picking.id})
        back.product_return_moves.write({"quantity": 4, "to_refund": True})
        returned = self.env["stock.picking"].browse(
            back.action_create_returns()["res_id"]
        )
        self._validate(returned, 4)
        again = self.env["stock.return.picking"].create({"picking_id": returned.id})
        again.product_return_moves.write({"quantity": 4, "to_refund": True})
        sent = self.env["stock.picking"].browse(again.action_create_returns()["res_id"])
        self._validate(self._as("operator", sent), 4)
        self.assertEqual(sent.state, "done")
