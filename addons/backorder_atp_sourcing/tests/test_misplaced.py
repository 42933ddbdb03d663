# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_misplaced import MisplacedCommon


@tagged("post_install", "-at_install")
class TestMisplacedSourcing(MisplacedCommon):
    def test_misplaced_goods_are_returned_to_stock(self):
        """D9, C2: one click creates the transfer; backorders are served from it."""
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

    def test_misplaced_goods_are_shown_and_reported(self):
        """D9: they are counted as misplaced, not as stock to promise."""
        self._cancel_after_pick(4)
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get(self.protected, "misplaced"), 4)
        row = self._get_row()
        self.assertEqual((row.kind, row.quantity), ("misplaced", 4))
        activity = self.protected.product_tmpl_id.activity_ids
        self.assertEqual(activity.user_id, self.users["manager"])
        self.assertIn("4", activity.note)

    def test_only_operators_return_goods_to_stock(self):
        """C10: other users only see them."""
        self._cancel_after_pick(4)
        with self.assertRaises(AccessError):
            self._get_row("sales").action_bring_back()
