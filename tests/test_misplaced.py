# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import BackorderCommon


class MisplacedCommon(BackorderCommon):
    """Goods picked for a delivery that is cancelled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.delivery_steps = "pick_ship"
        cls.company.backorder_responsible_id = cls.users["manager"]

    def _cancel_after_pick(self, quantity):
        """Order and pick ``quantity``, then cancel the delivery."""
        self._set_stock(self.protected, quantity)
        order = self._confirm((self.protected, quantity))
        self._validate(order.picking_ids, quantity)
        ship = order.picking_ids.filtered(lambda picking: picking.state == "assigned")
        ship.action_cancel()
        return ship

    def _get_row(self, role="operator"):
        wizard = self._open_wizard(self.protected.action_open_transfer()).record
        [row] = wizard.uncounted_ids
        return self._as(role, row)


@tagged("post_install", "-at_install")
class TestMisplaced(MisplacedCommon):
    def test_goods_ready_to_ship_are_not_misplaced(self):
        """D9: their own delivery takes them, so no activity is scheduled."""
        self._set_stock(self.protected, 4)
        order = self._confirm((self.protected, 4))
        self._validate(order.picking_ids, 4)
        self.assertEqual(self._get(self.protected, "outbound"), 4)
        self.assertEqual(self._get(self.protected, "misplaced"), 0)
        self.assertFalse(self.protected.product_tmpl_id.activity_ids)

    def test_monitor_phase_schedules_no_activity(self):
        """B9: the figure is shown, but no activity is scheduled."""
        self.company.promise_phase = "dark"
        self._cancel_after_pick(4)
        self.assertFalse(self.protected.product_tmpl_id.activity_ids)
        self.assertEqual(self._get(self.protected, "misplaced"), 4)
