# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestMisplaced(BackorderCommon):
    """Goods that were picked for a delivery that is cancelled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.delivery_steps = "pick_ship"
        cls.company.backorder_responsible_id = cls.users["manager"]

    def _cancel_after_pick(self, quantity):
        """Order and pick ``quantity``, then cancel the delivery itself."""
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

    def test_goods_left_behind_are_shown_and_somebody_is_told(self):
        """D9: they are counted as misplaced, not as stock to promise."""
        self._cancel_after_pick(4)
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get(self.protected, "misplaced"), 4)
        row = self._get_row()
        self.assertEqual((row.kind, row.quantity), ("misplaced", 4))
        activity = self.protected.product_tmpl_id.activity_ids
        self.assertEqual(activity.user_id, self.users["manager"])
        self.assertIn("4", activity.note)

    def test_goods_left_behind_are_brought_back(self):
        """D9, C2: one click makes the transfer; its goods serve who waits."""
        self._cancel_after_pick(4)
        row = self._get_row()
        action = row.action_bring_back()
        picking = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual(picking.location_id, self.warehouse.wh_output_stock_loc_id)
        with self.assertRaisesRegex(UserError, "misplaced"):
            row.action_bring_back()
        self._validate(picking)
        self.assertEqual(self._get(self.protected), 4)
        self.assertEqual(self._get(self.protected, "misplaced"), 0)

    def test_only_operators_bring_goods_back(self):
        """C10: the others see them."""
        self._cancel_after_pick(4)
        with self.assertRaises(AccessError):
            self._get_row("sales").action_bring_back()

    def test_goods_that_wait_to_leave_are_not_misplaced(self):
        """D9: their own delivery takes them; neither is anybody told."""
        self._set_stock(self.protected, 4)
        order = self._confirm((self.protected, 4))
        self._validate(order.picking_ids, 4)
        self.assertEqual(self._get(self.protected, "outbound"), 4)
        self.assertEqual(self._get(self.protected, "misplaced"), 0)
        self.assertFalse(self.protected.product_tmpl_id.activity_ids)

    def test_dark_phase_tells_nobody(self):
        """B9: it is there for whoever looks."""
        self.company.promise_phase = "dark"
        self._cancel_after_pick(4)
        self.assertFalse(self.protected.product_tmpl_id.activity_ids)
        self.assertEqual(self._get(self.protected, "misplaced"), 4)
