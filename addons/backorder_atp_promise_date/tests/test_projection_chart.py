# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon


@tagged("post_install", "-at_install")
class TestProjectionChart(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.backorderable, 10)

    def _get_chart(self, role="manager", order=None):
        return self._as(role, self.availability).get_projection_chart(
            self.backorderable.id, self.warehouse.id, order and order.id
        )

    def test_stock_steps_up_with_receipts_and_down_with_orders(self):
        """B17: each day names the receipts and the orders that change it."""
        order = self._confirm((self.backorderable, 4))
        receipt = self._create_receipt(self.backorderable, 7)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=5)
        self.env.flush_all()
        chart = self._get_chart()
        today, later = chart["days"]
        self.assertEqual((today["demand"], today["stock"], today["atp"]), (4, 6, 6))
        self.assertEqual(
            today["orders"],
            [{"id": order.id, "name": order.name, "quantity": 4, "reserved": 4}],
        )
        self.assertEqual((later["supply"], later["stock"], later["atp"]), (7, 13, 13))
        self.assertEqual(later["receipts"], [receipt.name])

    def test_today_is_what_the_explanation_says(self):
        """B1, B17: the chart starts from the figures that stand above it."""
        self._confirm((self.backorderable, 4))
        policy = self.env["stock.policy"].create(
            {
                "product_id": self.backorderable.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": 2,
            }
        )
        chart = self._get_chart()
        available = self.availability.get_available_qty(
            self.backorderable, self.warehouse
        )
        self.assertEqual(chart["safety_stock"], policy.safety_stock_quantity)
        self.assertEqual((chart["days"][0]["atp"], available), (4, 4))
        self.assertEqual(chart["days"][0]["stock"], 6)

    def test_reserved_stock_leaves_on_the_day_of_its_order(self):
        """B17: it stays in stock until then, but cannot be promised."""
        order = self._confirm((self.backorderable, 4))
        leaving = fields.Datetime.now() + timedelta(days=3)
        order.picking_ids.move_ids.write({"date": leaving, "date_deadline": leaving})
        self.env.flush_all()
        self.assertEqual(order.picking_ids.state, "assigned")
        today, later = self._get_chart()["days"]
        self.assertEqual((today["stock"], today["demand"], today["atp"]), (10, 0, 6))
        self.assertEqual((later["stock"], later["demand"], later["atp"]), (6, 4, 6))

    def test_own_demand_is_left_out(self):
        """B17: an order does not compete with itself."""
        order = self._confirm((self.backorderable, 4))
        [today] = self._get_chart(order=order)["days"]
        self.assertEqual((today["atp"], today["orders"]), (10, []))

    def test_orders_of_others_have_no_name(self):
        """B5: a salesperson sees that there are other orders, not whose."""
        self._confirm((self.backorderable, 4))
        group = self.env.ref("sales_team.group_sale_salesman")
        self.users["sales"].group_ids = group
        [today] = self._get_chart("sales")["days"]
        self.assertEqual(
            [(one["id"], one["quantity"]) for one in today["orders"]], [(False, 4)]
        )

    def test_warehouse_of_another_company_is_refused(self):
        """B5: record rules hold for the chart as for everything else."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        with self.assertRaises(AccessError):
            self._as("manager", self.availability).get_projection_chart(
                self.backorderable.id, warehouse.id
            )
