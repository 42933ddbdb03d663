# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_override import OverrideCommon


@tagged("post_install", "-at_install")
class TestServerOnlyPromise(OverrideCommon):
    def test_expected_date_of_a_receipt(self):
        """C3: users cannot write the expected date of a receipt."""
        order = self._confirm((self.protected, 5))
        move = order.picking_ids.move_ids
        for role in ("sales", "operator", "manager"):
            with self.assertRaises(AccessError):
                self._as(role, move).promise_receipt_date = "2030-01-01 00:00:00"
