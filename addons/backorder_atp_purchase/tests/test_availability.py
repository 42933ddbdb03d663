# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_availability import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestAvailabilityPurchase(AvailabilityCommon):
    def test_multi_step_receipt_is_incoming_once(self):
        """D1: a receipt in several steps comes in once."""
        self.warehouse.reception_steps = "three_steps"
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create({"product_id": self.protected.id, "product_qty": 7})
                ],
            }
        )
        self.assertEqual(self._get(self.protected, "incoming"), 0)
        purchase.button_confirm()
        self.assertEqual(self._get(self.protected, "incoming"), 7)
        self._validate(purchase.picking_ids)
        self.assertEqual(self._get(self.protected, "incoming"), 0)
        self.assertEqual(self._get(self.protected, "inbound"), 7)
        self.assertEqual(self._get(self.protected), 7)
