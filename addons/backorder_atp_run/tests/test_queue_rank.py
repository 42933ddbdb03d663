# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_override import OverrideCommon


@tagged("post_install", "-at_install")
class TestQueueRank(OverrideCommon):
    """The place in the queue is what a run decided."""

    def test_nobody_writes_a_place_in_the_queue(self):
        """C3: it is neither written, nor given by a default."""
        order = self._confirm((self.protected, 5))
        move = order.picking_ids.move_ids
        for role in ("sales", "operator", "manager"):
            with self.assertRaises(AccessError):
                self._as(role, move).queue_rank = 9

    def test_rest_of_a_delivery_keeps_its_place(self):
        """C3: what is shipped later stays where it was in the queue."""
        order = self._confirm((self.protected, 5))
        order.picking_ids.move_ids.sudo().queue_rank = 7
        picking = self._as("operator", order.picking_ids)
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(order.picking_ids.move_ids.mapped("queue_rank"), [7, 7])
