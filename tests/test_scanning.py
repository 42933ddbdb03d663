# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestScanning(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backorderable.barcode = "4006381333931"

    def _scan(self, barcode, role="operator"):
        return self._as(role, self.env["backorder.overview"]).open_scanned(barcode)

    def test_order_opens_with_its_buttons(self):
        """C5: the form with Fulfil."""
        order = self._confirm((self.backorderable, 5))
        action = self._scan(order.name)
        self.assertEqual(
            (action["res_model"], action["res_id"]), (order._name, order.id)
        )
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        self.assertIn("action_fulfil", view.arch)

    def test_receipt_opens_with_the_orders_it_serves(self):
        """C2, C5: the form of the transfer, for users of Inventory."""
        receipt = self._create_receipt(self.backorderable, 5)
        action = self._scan(receipt.name)
        self.assertEqual(
            (action["res_model"], action["res_id"]), (receipt._name, receipt.id)
        )

    def test_receipt_opens_its_orders_without_access_to_inventory(self):
        """C5: its form shows what such users may not read."""
        order = self._confirm((self.backorderable, 5))
        receipt = self._create_receipt(self.backorderable, 5)
        action = self._scan(receipt.name, role="viewer")
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), order)
        action = self._scan(order.picking_ids.name, role="viewer")
        self.assertEqual(
            (action["res_model"], action["res_id"]), (order._name, order.id)
        )

    def test_product_opens_its_queue(self):
        """C5: the orders that are on backorder for it."""
        order = self._confirm((self.backorderable, 5))
        self._confirm((self._create_product("Other", allow_backorder="yes"), 5))
        action = self._scan(self.backorderable.barcode)
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)
        self.assertEqual(action["display_name"], "Backorders: Backorderable")

    def test_available_product_explains_its_quantity(self):
        """B17: without a backorder, the figures of the product."""
        self._set_stock(self.backorderable, 5)
        action = self._scan(self.backorderable.barcode)
        self.assertEqual(action["tag"], "backorder_atp.explanation")
        self.assertEqual(action["params"]["product_id"], self.backorderable.id)

    def test_unknown_barcode_says_so(self):
        """C5: nothing opens."""
        self.assertIn("nonsense", self._scan("nonsense")["params"]["message"])

    def test_scanning_is_for_viewers(self):
        """A7: salespeople have no overview."""
        with self.assertRaises(AccessError):
            self._scan("nonsense", role="sales")
