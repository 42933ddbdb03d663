# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.backorder_atp.tests.common import BackorderCommon
from odoo.addons.backorder_atp.tests.test_tours import QUOTATIONS

# The menu of the sales application belongs to another addon.
ORDERS = "/odoo/action-sale.action_orders"


class ResolvingToursCommon(BackorderCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in ("operator", "manager", "sales"):
            cls.users[role].password = cls.users[role].login
        cls.backorderable.seller_ids = [Command.create({"partner_id": cls.vendor.id})]

    def _start(self, tour, role, url="/odoo"):
        self.start_tour(url, tour, login=self.users[role].login, timeout=120)


@tagged("post_install", "-at_install", "is_tour")
class TestResolvingTours(ResolvingToursCommon):
    def test_operator_finds_stock_elsewhere(self):
        """D6, D9: stock elsewhere, supply that is not counted, and the transfer."""
        order = self._confirm((self.backorderable, 10))
        north = self._create_warehouse("North", "NOR")
        self._set_stock(self.backorderable, 15, north.lot_stock_id)
        self._set_stock(self.backorderable, 3, self._create_quarantine())
        self._start("backorder_atp_find_stock", "operator")
        picking = self.env["stock.picking"].search(
            [("location_id", "=", north.lot_stock_id.id)]
        )
        self.assertEqual((picking.state, picking.origin), ("assigned", order.name))

    def test_salesperson_sells_a_substitute(self):
        """D7: from the short line of an order."""
        self._set_stock(self.protected, 10)
        self.env["product.substitute"].create(
            {
                "product_tmpl_id": self.backorderable.product_tmpl_id.id,
                "substitute_id": self.protected.id,
            }
        )
        order = self._confirm((self.backorderable, 10), user_id=self.users["sales"].id)
        self._start("backorder_atp_substitute", "sales", ORDERS)
        order.invalidate_recordset()
        self.assertEqual(order.backorder_state, "allocated")

    def test_salesperson_agrees_on_a_day_and_a_warehouse(self):
        """B9, B12: in the banner, for what comes later and what is elsewhere."""
        self.company.promise_alternatives = "ask"
        north = self._create_warehouse("North", "NOR")
        sales = self.users["sales"]
        sales.with_company(self.company).property_warehouse_id = self.warehouse
        self._set_stock(self.protected, 4, north.lot_stock_id)
        for quantity, days in ((5, 7), (3, 14)):
            self._create_receipt(
                self.backorderable,
                quantity,
                scheduled_date=fields.Datetime.now() + timedelta(days=days),
            )
        order = self._create_order(
            (self.backorderable, 5), (self.protected, 4), user_id=sales.id
        )
        first = order.order_line[0].expected_promise_date
        self._start("backorder_atp_banner", "sales", QUOTATIONS)
        self.env.invalidate_all()
        late, short = order.order_line
        self.assertEqual(late.product_uom_qty, 8)
        self.assertGreater(late.expected_promise_date, first)
        self.assertEqual(order.commitment_date.date(), late.expected_promise_date)
        self.assertEqual(short.warehouse_id, north)
