# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_tours import QUOTATIONS, TourCommon


@tagged("post_install", "-at_install", "is_tour")
class TestPromiseTour(TourCommon):
    def test_line_shows_its_promise(self):
        """B5: a click on the promise of a line shows how much is short."""
        self._start("backorder_atp_promise", "manager", QUOTATIONS)

    def test_time_line_of_an_order(self):
        """B9: the receipt that covers a line, on the time line and in its table."""
        self._create_receipt(self.backorderable, 9)
        order = self._confirm((self.backorderable, 5))
        self._start(
            "backorder_atp_time_line", "manager", f"/odoo/sale.order/{order.id}"
        )

    def test_time_line_on_the_board(self):
        """B9: the board's form, which users without Sales see, has the time line."""
        self._create_receipt(self.backorderable, 9)
        order = self._confirm((self.backorderable, 5))
        action = "backorder_atp.sale_order_action_backorder"
        self._start(
            "backorder_atp_time_line", "operator", f"/odoo/action-{action}/{order.id}"
        )

    def test_chart_shows_who_takes_the_stock(self):
        """B17: from the product to the chart of the next days, and to an order."""
        self._set_stock(self.backorderable, 10)
        order = self._confirm((self.backorderable, 4))
        leaving = fields.Datetime.now() + timedelta(days=3)
        order.picking_ids.move_ids.write({"date": leaving, "date_deadline": leaving})
        self._start(
            "backorder_atp_projection_chart",
            "manager",
            f"/odoo/product.product/{self.backorderable.id}",
        )
