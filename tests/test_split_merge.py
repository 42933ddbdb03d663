# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_split import SplitCommon


@tagged("post_install", "-at_install")
class TestSplitMerge(SplitCommon):
    def test_merge_restores_the_original(self):
        """C7: quantities, amounts, deliveries, age and state are restored."""
        order = self._confirm_backordered()
        since = fields.Datetime.now() - timedelta(days=14)
        order.backordered_since = since
        lines, moves = order.order_line, order.order_line.move_ids
        picking, total = order.picking_ids, order.amount_total
        committed = self._get(self.backorderable, "committed")
        child = self._split(order)
        child.merge_backorder()
        self.assertEqual(order.order_line, lines)
        self.assertEqual(
            self._get_quantities(order), {self.other: 3, self.backorderable: 10}
        )
        self.assertEqual(order.amount_total, total)
        self.assertEqual(order.order_line.move_ids, moves)
        self.assertEqual(moves.mapped("product_uom_qty"), [3, 10])
        self.assertEqual(moves.mapped("quantity"), [3, 4])
        self.assertEqual(moves.picking_id, picking)
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertEqual(order.backordered_since, since)
        self.assertEqual(self._get(self.backorderable, "committed"), committed)
        opened = self._get_events("order:backordered", order_id=order)
        self.assertEqual(opened[0].trigger_source, f"merge:{self.env.user.login}")
        self.assertEqual(child.state, "cancel")
        self.assertFalse(child.order_line)
        self.assertFalse(child.backordered_since)

    def test_lines_that_went_whole_come_back(self):
        """C7: the same line is moved back."""
        order = self._confirm_backordered()
        lines = order.order_line
        self._split(order, split_lines=False).merge_backorder()
        self.assertEqual(order.order_line, lines)
        self.assertEqual(self._get_reserved(order), 7)
        self.assertEqual(len(order.picking_ids), 1)

    def test_later_reservations_are_kept(self):
        """C7: reservations are moved back with the goods."""
        order = self._confirm_backordered()
        child = self._split(order)
        self._receive(self.backorderable, 6)
        self._run_retries()
        child.merge_backorder()
        self.assertEqual(self._get_reserved(order), 13)
        self.assertEqual(order.backorder_state, "allocated")
        self._validate(order.picking_ids.filtered(lambda own: own.state != "cancel"))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3, 10])

    def test_original_that_has_shipped_takes_it_back(self):
        """C7: the rest becomes a separate transfer."""
        order = self._confirm_backordered()
        child = self._split(order)
        self._validate(order.picking_ids)
        child.merge_backorder()
        self.assertEqual(order.order_line[1].product_uom_qty, 10)
        self.assertEqual(order.order_line[1].qty_delivered, 4)
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertEqual(len(order.picking_ids), 2)

    def test_line_with_another_price_stays_separate(self):
        """C7: a new price agreed for the backorder is kept."""
        order = self._confirm_backordered()
        child = self._split(order)
        line = child.order_line
        line.price_unit = 77
        child.merge_backorder()
        self.assertEqual(line.order_id, order)
        self.assertEqual((line.price_unit, line.product_uom_qty), (77, 6))
        self.assertEqual(order.order_line[1].product_uom_qty, 4)

    def test_grandchild_merges_step_by_step(self):
        """C7: each backorder is merged into its own original."""
        order = self._confirm_backordered()
        child = self._split(order)
        self._receive(self.backorderable, 2)
        self._run_retries()
        grandchild = self._split(child)
        grandchild.merge_backorder()
        self.assertEqual(child.order_line.product_uom_qty, 6)
        child.merge_backorder()
        self.assertEqual(
            self._get_quantities(order), {self.other: 3, self.backorderable: 10}
        )
        self.assertEqual(self._get_reserved(order), 9)

    def test_merge_is_logged(self):
        """C8: as an event of the original, and in both chatters."""
        order = self._confirm_backordered()
        child = self._split(order)
        notification = child.merge_backorder()
        self.assertEqual(notification["params"]["next"]["res_id"], order.id)
        event = self._get_events("order:merged", order_id=order)
        self.assertEqual(event.payload["backorderOrderNumber"], child.name)
        self.assertEqual(event.payload["mergedItems"][0]["quantity"], 6)
        self.assertIn(child.name, order.message_ids[0].body)
        self.assertIn(order.name, child.message_ids[0].body)

    def test_locked_orders_are_split_and_merged(self):
        """C7: locked orders can be split and stay locked."""
        order = self._confirm_backordered()
        order.action_lock()
        child = self._split(order)
        self.assertTrue(order.locked and child.locked)
        child.merge_backorder()
        self.assertTrue(order.locked)
        self.assertEqual(order.order_line[1].product_uom_qty, 10)

    def test_orders_that_were_never_split_are_refused(self):
        """C7: there is no original order."""
        order = self._confirm_backordered()
        self.assertFalse(order.is_backorder_mergeable)
        with self.assertRaisesRegex(UserError, "not split off"):
            order.merge_backorder()

    def test_backorder_in_progress_is_not_merged(self):
        """C7: delivered, being picked, held or cancelled, each with its reason."""
        child = self._split(self._confirm_backordered())
        self.assertTrue(child.is_backorder_mergeable)
        child.action_hold("wait")
        with self.assertRaisesRegex(UserError, "on hold"):
            child.merge_backorder()
        child.action_release_hold("go on")
        child.picking_ids.printed = True
        with self.assertRaisesRegex(UserError, "being picked"):
            child.merge_backorder()
        child.picking_ids.printed = False
        self._receive(self.backorderable, 2)
        self._run_retries()
        self._validate(child.picking_ids)
        self.assertFalse(child.is_backorder_mergeable)
        with self.assertRaisesRegex(UserError, "delivered"):
            child.merge_backorder()
        child.action_cancel()
        with self.assertRaisesRegex(UserError, "not a confirmed order"):
            child.merge_backorder()

    def test_original_that_is_cancelled_takes_nothing(self):
        """C7: the backorder order stays separate."""
        order = self._confirm_backordered()
        child = self._split(order)
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "original order is no longer confirmed"):
            child.merge_backorder()
        self.assertEqual(child.backorder_state, "backordered")
