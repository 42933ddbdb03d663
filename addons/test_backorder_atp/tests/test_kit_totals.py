# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp_report.tests.totals_common import TotalsCommon


@tagged("post_install", "-at_install")
class TestTotals(TotalsCommon):
    """A kit on backorder is counted once, as sold."""

    @classmethod
    def _sell_more(cls):
        wheel = cls._create_product("Wheel", allow_backorder="yes")
        frame = cls._create_product("Frame", allow_backorder="yes")
        cls._set_stock(wheel, 4)
        cls.kit = cls.env["product.product"].create({"name": "Bicycle Kit"})
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": wheel.id, "product_qty": 2}),
                    Command.create({"product_id": frame.id, "product_qty": 1}),
                ],
            }
        )
        order = cls._sell("kit", (cls.kit, 3))
        cls.short.append((order, cls.kit, cls.warehouse, 3, 30))

    def test_kit_is_counted_as_sold(self):
        """C5: board, list, report and product show the same figures."""
        orders, _lines, quantity, value = self._recount(self.short)
        board = self._as("viewer", self.env["backorder.board"]).get_figures()
        self.assertEqual(board["orders_backordered"], orders + 1)
        self.assertEqual(board["products_short"], len(self._get_keys(self.short)))
        self.assertEqual(board["shortage_qty"], quantity)
        self.assertAlmostEqual(board["shortage_value"], value)
        own = self._recount(self.short, self.kit)
        rows = self._open_as("viewer", "backorder_atp.backorder_product_action")
        row = rows.filtered(lambda row: row.product_id == self.kit)
        self.assertEqual((row.order_count, row.shortage_qty, row.value), (1, 3, 30))
        items = self._open_as("viewer", "backorder_atp_report.backorder_report_action")
        item = items.filtered(lambda item: item.product_id == self.kit)
        self.assertEqual((item.shortage_qty, item.value), own[2:])
        kit = self._as("viewer", self.kit)
        self.assertEqual(
            (kit.backorder_order_count, kit.backorder_shortage_qty), (1, 3)
        )
        opened = self._open_as("viewer", kit.action_view_backorders())
        self.assertEqual(opened, self.orders["kit"])
