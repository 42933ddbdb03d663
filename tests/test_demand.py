# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import OrderValidationError
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestDemand(BackorderCommon):
    """What an order still asks for: ordered, less delivered, plus returned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")

    # ------------------------------------------------------------------
    # Returns
    # ------------------------------------------------------------------

    def test_returned_goods_are_not_allocated(self):
        """C1: what came back is no longer allocated; asked for again, it is missing."""
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

    def test_asking_again_for_returned_goods_is_judged(self):
        """B4: what was returned and sold to another cannot be asked for again."""
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

    def test_returned_pick_is_still_the_order_s(self):
        """B1: what an order had picked and put back is not promised to another."""
        self._confirm_picked_and_returned()
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get(self.protected, "committed"), 5)
        self.assertEqual(self._get(self.protected, "reserved_units"), 5)
        with self.assertRaises(OrderValidationError):
            self._confirm((self.protected, 5))

    def test_returned_pick_is_picked_again(self):
        """C2: the retry picks again what its order still asks for, once."""
        order = self._confirm_picked_and_returned()
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(order.order_line.backorder_qty, 0)
        self.assertEqual(self._get(self.protected, "committed"), 5)
        self.checks._enqueue({(self.protected.id, self.warehouse.id): "test"})
        self._run_retries()
        for _step in range(2):
            ready = order.picking_ids.filtered(lambda one: one.state == "assigned")
            self.assertEqual(len(ready), 1)
            self._validate(ready, 5)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertNotIn("confirmed", order.picking_ids.mapped("state"))

    def test_part_of_a_pick_is_returned_while_the_rest_waits(self):
        """C2: what comes back goes to its own order's rest, and is asked for again."""
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

    def test_returned_pick_of_before_is_picked_by_the_retry(self):
        """C2: also what was returned while the company only measured."""
        self.company.promise_phase = "dark"
        order = self._confirm_picked_and_returned()
        self.env.flush_all()
        self.assertEqual(order.backorder_state, "backordered")
        self.company.promise_phase = "hard"
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_returned_pick_is_left_to_odoo_while_measuring(self):
        """B9: the dark phase creates no transfers."""
        self.company.promise_phase = "dark"
        order = self._confirm_picked_and_returned()
        before = order.picking_ids
        self._run_retries()
        self.assertEqual(order.picking_ids, before)

    # ------------------------------------------------------------------
    # Requests that wait for a decision
    # ------------------------------------------------------------------

    def _request(self, quantity):
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, quantity))
        order.action_confirm()
        self.assertTrue(order.requires_inventory_override)
        return order

    def test_lowered_quotation_keeps_only_what_it_asks_for(self):
        """B1: a quotation that waits for approval keeps what it asks for now."""
        self._set_stock(self.protected, 10)
        order = self._request(100)
        self.assertEqual(self._get(self.protected), -90)
        order.order_line.product_uom_qty = 1
        self.assertEqual(self._get(self.protected), 9)
        self.assertEqual(self._confirm((self.protected, 5)).state, "sale")
        order.order_line.unlink()
        self.assertEqual(self._get(self.protected), 5)

    def test_quotation_keeps_what_its_new_line_asks_for(self):
        """B1: another product on a quotation that waits for approval is kept, too."""
        other = self._create_product("Other")
        self._set_stock(other, 3)
        order = self._request(1)
        order.order_line.product_id = other
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get(other), 2)

    def test_request_for_more_keeps_what_it_adds(self):
        """B1: a larger quantity keeps what is asked for beyond the line, only."""
        self._set_stock(self.protected, 5)
        order = self._confirm((self.protected, 5))
        self.company.shortage_policy = "pending"
        order.order_line.product_uom_qty = 8
        self.assertEqual(order.order_line.product_uom_qty, 5)
        self.assertEqual(self._get(self.protected, "committed"), 8)

    def test_explanation_names_the_quotation_with_what_it_asks_for(self):
        """B17: the waterfall adds up after a waiting quotation was lowered."""
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
    # Changes of what is reserved
    # ------------------------------------------------------------------

    def test_lowering_a_reserved_order_keeps_its_reservation(self):
        """B4, C3: a decrease releases the difference; nobody overtakes the rest."""
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

    def test_partial_delivery_does_not_end_the_waiting(self):
        """C4, C8: delivered in part while stock is handed out, the order waits on."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm((self.backorderable, 5))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backordered_since = '2026-01-01' WHERE id = %s",
            [order.id],
        )
        order.invalidate_recordset(["backordered_since"])
        since = order.backordered_since
        self.checks._enqueue({(self.backorderable.id, self.warehouse.id): "test"})
        self._validate(order.picking_ids, 2)
        self.env.flush_all()
        self.assertEqual(order.backordered_since, since)
        self.assertFalse(self._get_events("order:backorder_resolved", order_id=order))
        self.assertEqual(len(self._get_events("order:backordered", order_id=order)), 1)

    # ------------------------------------------------------------------
    # Goods being put away
    # ------------------------------------------------------------------

    def test_goods_being_put_away_cover_an_order(self):
        """C1: what stock to promise covers is not backordered, wherever it lies."""
        self.warehouse.reception_steps = "two_steps"
        place = self.warehouse.wh_input_stock_loc_id
        self._receive(self.protected, 5, place)
        order = self._confirm((self.protected, 5))
        self.env.flush_all()
        self.assertEqual(order.order_line.backorder_qty, 0)
        self.assertFalse(self.events.search([("order_id", "=", order.id)]))

    def test_received_goods_end_the_waiting_before_they_are_put_away(self):
        """C1, C2: a receipt into Input covers who is first in the queue."""
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

    def test_deliveries_round_as_the_order_was_judged(self):
        """B1, B3: twelve units of one dozen are one dozen, on however many lines."""
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

    def test_orders_are_judged_as_their_deliveries_round(self):
        """B3: what the delivery will round up is asked for before it is promised."""
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
        """B3: an order is not asked for what its customer has got already."""
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

    def test_split_moves_what_is_left_of_a_line_delivered_in_part(self):
        """C7: a line delivered in part gives up no more than it waits for."""
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

    def test_second_line_counts_what_the_first_still_asks_for(self):
        """B1: lines of one order are judged together, less what was delivered."""
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
