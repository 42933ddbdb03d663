# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CarrierCommon


@tagged("post_install", "-at_install")
class TestCarrierWarehouse(CarrierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_warehouse("Second", "WH2")
        cls.third = cls._create_warehouse("Third", "WH3")
        cls._map(cls.express, cls.second)
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Team",
                "company_id": cls.company.id,
                "warehouse_id": cls.warehouse.id,
            }
        )

    def _choose(self, order, carrier):
        """Choose a delivery method as a salesperson does, by the wizard."""
        action = order.action_open_delivery_wizard()
        with Form(
            self.env[action["res_model"]].with_context(**action["context"])
        ) as form:
            form.carrier_id = carrier
        form.save().button_confirm()

    def test_carrier_names_the_warehouse(self):
        """A6: the warehouse comes from the shipping method's mapping."""
        order = self._create_order((self.protected, 1), team_id=False)
        self.assertFalse(order.warehouse_id)
        self._choose(order, self.express)
        self.assertEqual(order.warehouse_id, self.second)
        self.assertEqual(order.order_line[0].warehouse_id, self.second)

    def test_nothing_else_is_chosen_automatically(self):
        """B12, A6: the warehouse of the carrier is used instead of the best one."""
        self.company.promise_alternatives = "automatic"
        self._set_stock(self.protected, 11, self.third.lot_stock_id)
        order = self._create_order((self.protected, 11), team_id=self.team.id)
        self.assertEqual(order.warehouse_id, self.third)
        self._choose(order, self.express)
        self.assertEqual(order.order_line[0].warehouse_id, self.second)
        order.commitment_date = "2030-01-01"
        self.assertEqual(order.order_line[0].warehouse_id, self.second)

    def test_carrier_before_team(self):
        """A6: the delivery method takes precedence over the sales team."""
        order = self._create_order((self.protected, 1), team_id=self.team.id)
        self.assertEqual(order.warehouse_id, self.warehouse)
        self._choose(order, self.express)
        self.assertEqual(order.warehouse_id, self.second)

    def test_created_with_a_carrier(self):
        """A6: the same for an order that is created with its carrier."""
        order = self._create_order(
            (self.protected, 1), team_id=self.team.id, carrier_id=self.express.id
        )
        self.assertEqual(order.warehouse_id, self.second)

    def test_by_hand_before_carrier(self):
        """A6: a manually chosen warehouse is kept when the carrier is set."""
        order = self._create_order(
            (self.protected, 1), team_id=self.team.id, warehouse_id=self.third.id
        )
        self._choose(order, self.express)
        self.assertEqual(order.warehouse_id, self.third)

    def test_other_carrier_other_warehouse(self):
        """A6: without a warehouse of the carrier, that of the team is used, if any."""
        for team, expected in ((self.team, self.warehouse), (None, None)):
            order = self._create_order(
                (self.protected, 1),
                team_id=team and team.id,
                carrier_id=self.express.id,
            )
            order.carrier_id = self.freight
            self.assertEqual(
                order.warehouse_id, expected or self.env["stock.warehouse"]
            )

    def test_unmapped_carrier_is_refused(self):
        """A6: several warehouses and no mapping: refused, never a random one."""
        order = self._create_order(
            (self.protected, 1), team_id=False, carrier_id=self.freight.id
        )
        self.assertFalse(order.warehouse_id)
        with self.assertRaisesRegex(UserError, "several are possible"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")

    def test_mapped_carrier_gives_no_warning(self):
        """A6, B9: no warning in the approve phase if the carrier has a warehouse."""
        self.company.promise_phase = "soft"
        self._set_stock(self.protected, 5, self.second.lot_stock_id)
        order = self._confirm(
            (self.protected, 1), team_id=False, carrier_id=self.express.id
        )
        self.assertEqual(order.warehouse_id, self.second)
        self.assertFalse(self._get_events("order:ambiguous_warehouse", order_id=order))

    def test_confirmed_order_keeps_its_warehouse(self):
        """A6: a new carrier does not change the warehouse of open deliveries."""
        order = self._confirm((self.protected, 1), team_id=self.team.id)
        self._choose(order, self.express)
        self.assertEqual(order.warehouse_id, self.warehouse)
        self.assertEqual(order.picking_ids.carrier_id, self.express)

    def test_closed_warehouse_ships_nothing(self):
        """A6: an archived warehouse is ignored."""
        self.second.active = False
        order = self._create_order(
            (self.protected, 1), team_id=self.team.id, carrier_id=self.express.id
        )
        self.assertEqual(order.warehouse_id, self.warehouse)

    def test_each_company_has_its_own(self):
        """A6: the line of the order's company applies."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids = [Command.link(other.id)]
        theirs = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self._map(self.freight, theirs)
        self._map(self.freight, self.third)
        for company, expected in ((self.company, self.third), (other, theirs)):
            order = (
                self.env["sale.order"]
                .with_context(allowed_company_ids=[company.id])
                .create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": company.id,
                        "carrier_id": self.freight.id,
                    }
                )
            )
            self.assertEqual(order.warehouse_id, expected)
        stranger = self._as("manager", self.env["delivery.carrier.warehouse"])
        self.assertEqual(
            stranger.search([("carrier_id", "=", self.freight.id)]).warehouse_id,
            self.third,
        )

    @mute_logger("odoo.sql_db")
    def test_one_warehouse_for_each_company(self):
        """A6: a second warehouse of the same company is refused."""
        with self.assertRaises(IntegrityError):
            self._map(self.express, self.third)

    def test_carrier_of_one_company(self):
        """A6: a carrier of one company ships from its own warehouses only."""
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.freight.company_id = self.company
        with self.assertRaisesRegex(UserError, "company"):
            self._map(self.freight, theirs)

    def test_routes_of_the_carrier_are_own_supply(self):
        """B3: make-to-order by a carrier's route needs no stock."""
        product = self._create_bought_to_order()
        routes = product.route_ids
        product.route_ids = False
        self.freight.route_ids = routes
        order = self._confirm(
            (product, 3), team_id=self.team.id, carrier_id=self.freight.id
        )
        self.assertEqual(order.state, "sale")
        with self.assertRaisesRegex(UserError, "To Order"):
            self._confirm((product, 3), team_id=self.team.id)

    def test_roles(self):
        """A6: sales and inventory managers edit, other users read."""
        mapping = self.express.warehouse_mapping_ids
        self.assertEqual(
            self._as("manager", mapping).warehouse_id.name, self.second.name
        )
        self._as("manager", mapping).warehouse_id = self.third
        self.assertEqual(self.express.warehouse_mapping_ids.warehouse_id, self.third)
        for role in ("viewer", "operator", "sales"):
            own = self._as(role, mapping)
            self.assertTrue(own.carrier_id)
            with self.assertRaises(AccessError):
                own.warehouse_id = self.second
        seller = new_test_user(
            self.env,
            "seller_only",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        order = self._create_order(
            (self.protected, 1), team_id=False, user_id=seller.id
        )
        order.with_user(seller).carrier_id = self.express
        self.assertEqual(order.warehouse_id, self.third)
