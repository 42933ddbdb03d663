# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import OrderValidationError
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestDemand(BackorderCommon):
    """The open demand of an order: ordered, less delivered, plus returned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")

    # ------------------------------------------------------------------
    # Returns
    # ------------------------------------------------------------------

    def test_returned_goods_are_not_allocated(self):
        """C1: returned goods are no longer allocated; goods to be sent again are
        missing."""
        self._set_stock(self.backorderable, 5)
        order = self._confirm((self.backorderable, 5))
        self._validate(order.picking_ids, 5)
        self._return(order.picking_ids)
        self.assertEqual(order.order_line.allocated_qty, 0)
        other = self._confirm((self.backorderable, 5))
        self._validate(other.picking_ids, 5)
        order.order_line.product_uom_qty = 5
        self._run_retries()
        self.assertEqual(order.order_line.backorder_qty, 5)
        self.assertEqual(order.backorder_state, "backordered")
        with self.assertRaisesRegex(UserError, "is allocated"):
            order.split_backorder(True)
        self.assertEqual(order.order_line.product_uom_qty, 5)

    def test_goods_sent_again_are_allocated_once(self):
        """C1: sent, returned and sent again, five of five are allocated."""
        self._set_stock(self.protected, 5)
        order = self._confirm((self.protected, 5))
        self._validate(order.picking_ids, 5)
        self._return(self._return(order.picking_ids))
        self.assertEqual(order.order_line.allocated_qty, 5)

    def test_sending_returned_goods_again_is_checked(self):
        """B4: goods that were returned and sold to another order cannot be promised
        again."""
        self._set_stock(self.protected, 5)
        order = self._confirm((self.protected, 5))
        self._validate(order.picking_ids, 5)
        self._return(order.picking_ids)
        self._confirm((self.protected, 5))
        with self.assertRaisesRegex(OrderValidationError, "requested 5.0"):
            order.order_line.product_uom_qty = 5

    def _confirm_picked_and_returned(self):
        """Return an order of five that was picked and put back on the shelf."""
        self.warehouse.delivery_steps = "pick_ship"
        self._set_stock(self.protected, 5)
        order = self._confirm((self.protected, 5))
        pick = order.picking_ids
        self._validate(pick, 5)
        self._return(pick)
        return order

    def test_returned_pick_stays_committed(self):
        """B1: goods that were picked and put back are not promised to another order."""
        self._confirm_picked_and_returned()
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get(self.protected, "committed"), 5)
        self.assertEqual(self._get(self.protected, "reserved_units"), 5)
        with self.assertRaises(OrderValidationError):
            self._confirm((self.protected, 5))

    def test_returned_pick_is_picked_again(self):
        """C2: the retry picks the goods again, once, if the order still needs them."""
        order = self._confirm_picked_and_returned()
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(order.order_line.backorder_qty, 0)
        self.assertEqual(self._get(self.protected, "committed"), 5)
        self.retries._enqueue({(self.protected.id, self.warehouse.id): "test"})
        self._run_retries()
        for _step in range(2):
            ready = order.picking_ids.filtered(lambda one: one.state == "assigned")
            self.assertEqual(len(ready), 1)
            self._validate(ready, 5)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertNotIn("confirmed", order.picking_ids.mapped("state"))

    def test_part_of_a_pick_is_returned_while_the_rest_is_open(self):
        """C2: returned goods are reserved for the rest of the same order."""
        self.warehouse.delivery_steps = "pick_ship"
        self._set_stock(self.backorderable, 4)
        order = self._confirm((self.backorderable, 9))
        pick = order.picking_ids
        self._validate(pick, 3)
        self._return(pick)
        self._run_retries()
        self.assertEqual(self._get(self.backorderable), 4 - 9)
        order.order_line.product_uom_qty = 5
        self.assertEqual(self._get(self.backorderable), 4 - 5)
        self._run_retries()
        self.assertEqual(order.order_line.backorder_qty, 1)

    def test_pick_returned_in_the_monitor_phase_is_picked_by_the_retry(self):
        """C2: picks returned in the monitor phase are picked again as well."""
        self.company.promise_phase = "dark"
        order = self._confirm_picked_and_returned()
        self.env.flush_all()
        self.assertEqual(order.backorder_state, "backordered")
        self.company.promise_phase = "hard"
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_returned_pick_is_left_to_odoo_in_the_monitor_phase(self):
        """B9: the monitor phase creates no transfers."""
        self.company.promise_phase = "dark"
        order = self._confirm_picked_and_returned()
        before = order.picking_ids
        self._run_retries()
        self.assertEqual(order.picking_ids, before)

    # ------------------------------------------------------------------
    # Pending requests
    # ------------------------------------------------------------------

    def _request(self, quantity):
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, quantity))
        order.action_confirm()
        self.assertTrue(order.requires_inventory_override)
        return order

    def test_lowered_quotation_commits_its_current_quantity(self):
        """B1: a quotation pending approval commits its current quantity."""
        self._set_stock(self.protected, 10)
        order = self._request(100)
        self.assertEqual(self._get(self.protected), -90)
        order.order_line.product_uom_qty = 1
        self.assertEqual(self._get(self.protected), 9)
        self.assertEqual(self._confirm((self.protected, 5)).state, "sale")
        order.order_line.unlink()
        self.assertEqual(self._get(self.protected), 5)

    def test_quotation_commits_its_new_line(self):
        """B1: a product added to a quotation pending approval is committed too."""
        other = self._create_product("Other")
        self._set_stock(other, 3)
        order = self._request(1)
        order.order_line.product_id = other
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get(other), 2)

    def test_increase_commits_the_added_quantity(self):
        """B1: a request for a larger quantity commits only the increase."""
        self._set_stock(self.protected, 5)
        order = self._confirm((self.protected, 5))
        self.company.shortage_policy = "pending"
        order.order_line.product_uom_qty = 8
        self.assertEqual(order.order_line.product_uom_qty, 5)
        self.assertEqual(self._get(self.protected, "committed"), 8)

    def test_explanation_shows_the_current_quantity_of_a_quotation(self):
        """B17: the explanation adds up after a pending quotation was lowered."""
        self._set_stock(self.protected, 10)
        order = self._request(100)
        order.order_line.product_uom_qty = 4
        rows = self.availability._get_committed_documents(
            self.protected, self.warehouse, None
        )
        self.assertEqual(
            [(row["label"], row["quantity"]) for row in rows], [(order.name, 4)]
        )

    # ------------------------------------------------------------------
    # Changes of reserved quantities
    # ------------------------------------------------------------------

    def test_lowering_a_reserved_order_keeps_its_reservation(self):
        """B4, C3: a decrease releases only the difference."""
        self._set_stock(self.backorderable, 10)
        older = self._confirm((self.backorderable, 5))
        order = self._confirm((self.backorderable, 5))
        older.order_line.product_uom_qty = 8
        order.order_line.product_uom_qty = 4
        self.env.flush_all()
        self.assertEqual(order.order_line.move_ids.quantity, 4)
        self.assertEqual(order.backorder_state, "allocated")
        self._run_retries()
        self.assertEqual(order.order_line.move_ids.quantity, 4)
        self.assertEqual(sum(older.order_line.move_ids.mapped("quantity")), 6)
        self.assertFalse(self._get_events("order:backordered", order_id=order))

    def test_partial_delivery_does_not_end_the_episode(self):
        """C4, C8: an order delivered in part during an allocation stays backordered."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm((self.backorderable, 5))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backordered_since = '2026-01-01' WHERE id = %s",
            [order.id],
        )
        order.invalidate_recordset(["backordered_since"])
        since = order.backordered_since
        self.retries._enqueue({(self.backorderable.id, self.warehouse.id): "test"})
        self._validate(order.picking_ids, 2)
        self.env.flush_all()
        self.assertEqual(order.backordered_since, since)
        self.assertFalse(self._get_events("order:backorder_resolved", order_id=order))
        self.assertEqual(len(self._get_events("order:backordered", order_id=order)), 1)

    # ------------------------------------------------------------------
    # Goods being put away
    # ------------------------------------------------------------------

    def test_goods_being_put_away_cover_an_order(self):
        """C1: goods covered by promisable stock are not backordered, in any
        location."""
        self.warehouse.reception_steps = "two_steps"
        place = self.warehouse.wh_input_stock_loc_id
        self._receive(self.protected, 5, place)
        order = self._confirm((self.protected, 5))
        self.env.flush_all()
        self.assertEqual(order.order_line.backorder_qty, 0)
        self.assertFalse(self.events.search([("order_id", "=", order.id)]))

    def test_stock_reserved_on_another_row_is_not_free(self):
        """C1: goods being put away cover the next order."""
        self.warehouse.reception_steps = "two_steps"
        self._set_stock(self.protected, 5)
        self._confirm((self.protected, 5))
        self._move_reservation_to_another_row(self.protected, 3)
        self._receive(self.protected, 5, self.warehouse.wh_input_stock_loc_id)
        order = self._confirm((self.protected, 5))
        self.env.flush_all()
        self.assertEqual(order.order_line.backorder_qty, 0)

    def test_received_goods_end_the_episode_before_they_are_put_away(self):
        """C1, C2: a receipt into Input covers the first order in the queue."""
        self.warehouse.reception_steps = "two_steps"
        first = self._confirm((self.backorderable, 5))
        second = self._confirm((self.backorderable, 5))
        self.env.flush_all()
        self.assertEqual(first.backorder_state, "backordered")
        place = self.warehouse.wh_input_stock_loc_id
        self._receive(self.backorderable, 7, place)
        self._run_retries()
        self.assertEqual(first.order_line.backorder_qty, 0)
        self.assertEqual(second.order_line.backorder_qty, 3)
        self._force_stock(self.backorderable, -7, place)
        self._run_retries()
        self.assertEqual(first.order_line.backorder_qty, 5)

    # ------------------------------------------------------------------
    # Units
    # ------------------------------------------------------------------

    def test_deliveries_round_like_the_check(self):
        """B1, B3: twelve units of one dozen are one dozen, on any number of lines."""
        product = self._create_product("Dozens", uom_id=self.dozen.id)
        self._set_stock(product, 1)
        order = self._confirm(
            *(
                {
                    "product_id": product.id,
                    "product_uom_id": self.unit.id,
                    "product_uom_qty": quantity,
                }
                for quantity in (5, 5, 2)
            )
        )
        moves = order.picking_ids.move_ids
        self.assertEqual(round(sum(moves.mapped("product_qty")), 2), 1)
        self.assertEqual(sum(order.order_line.mapped("backorder_product_qty")), 0)
        self.assertEqual(order.backorder_state, "allocated")
        order.order_line[1].product_uom_qty = 5
        self.assertEqual(order.picking_ids.move_ids, moves)

    def test_check_rounds_like_the_deliveries(self):
        """B3: the rounded quantity of the delivery is checked."""
        product = self._create_product("Dozens", uom_id=self.dozen.id)
        self._set_stock(product, 1)
        units = {"product_id": product.id, "product_uom_id": self.unit.id}
        for quantity in (5, 5):
            self._confirm({**units, "product_uom_qty": quantity})
        with self.assertRaisesRegex(
            OrderValidationError, "requested 0.17, available 0.16"
        ):
            self._confirm({**units, "product_uom_qty": 2})

    def test_delivered_order_needs_no_stock_to_be_confirmed_again(self):
        """B3: delivered quantities are not checked again."""
        self._set_stock(self.protected, 2)
        order = self._confirm((self.protected, 2))
        self._validate(order.picking_ids, 2)
        order.locked = False
        order.with_context(disable_cancel_warning=True)._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self._get(self.protected), 0)

    def test_split_moves_the_rest_of_a_partially_delivered_line(self):
        """C7: only the backordered quantity of a partially delivered line is moved."""
        self._set_stock(self.backorderable, 4)
        order = self._confirm((self.backorderable, 10))
        order.order_line.move_ids.quantity = 2
        self._validate(order.picking_ids, 2)
        self._run_retries()
        child = self.env["sale.order"].browse(
            order.split_backorder(True)["backorderOrderId"]
        )
        self.assertEqual(child.order_line.product_uom_qty, 6)
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertEqual(self._get(self.backorderable), 2 - 2 - 6)

    def test_lines_are_checked_together_less_the_delivered_quantity(self):
        """B1: the lines of an order are checked together, less the delivered
        quantity."""
        self._set_stock(self.protected, 3)
        order = self._confirm((self.protected, 2))
        self._validate(order.picking_ids, 2)
        with self.assertRaises(OrderValidationError):
            order.write(
                {
                    "order_line": [
                        Command.create(
                            {"product_id": self.protected.id, "product_uom_qty": 2}
                        )
                    ]
                }
            )
        order.order_line.product_uom_qty = 3
        self.assertEqual(self._get(self.protected), 0)
