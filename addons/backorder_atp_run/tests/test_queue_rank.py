# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_override import OverrideCommon


@tagged("post_install", "-at_install")
class TestQueueRank(OverrideCommon):
    """The position in the queue is set by runs."""

    def test_users_cannot_write_the_queue_rank(self):
        """C3: users cannot write the position in the queue."""
        order = self._confirm((self.protected, 5))
        move = order.picking_ids.move_ids
        for role in ("sales", "operator", "manager"):
            with self.assertRaises(AccessError):
                self._as(role, move).queue_rank = 9

    def test_rest_of_a_delivery_keeps_its_place(self):
        """C3: the rest keeps its position in the queue."""
        order = self._confirm((self.protected, 5))
        order.picking_ids.move_ids.sudo().queue_rank = 7
        picking = self._as("operator", order.picking_ids)
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(order.picking_ids.move_ids.mapped("queue_rank"), [7, 7])
