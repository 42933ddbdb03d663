# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SIGNATURE, BackorderCommon


@tagged("post_install", "-at_install")
class TestWarehouseChoice(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_warehouse("Second", "WH2")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Team",
                "company_id": cls.company.id,
                "warehouse_id": cls.second.id,
            }
        )
        cls.salesman = cls.users["sales"]

    def test_the_only_warehouse(self):
        """A6: one warehouse: that one."""
        self.second.active = False
        self.assertEqual(
            self._create_order((self.protected, 1)).warehouse_id, self.warehouse
        )

    def test_by_hand_before_team_before_user(self):
        """A6: the strongest mapping decides."""
        self.salesman.with_company(self.company).property_warehouse_id = self.warehouse
        values = {"user_id": self.salesman.id}
        self.assertEqual(
            self._create_order(
                (self.protected, 1), team_id=False, **values
            ).warehouse_id,
            self.warehouse,
        )
        values["team_id"] = self.team.id
        self.assertEqual(
            self._create_order((self.protected, 1), **values).warehouse_id, self.second
        )
        values["warehouse_id"] = self.warehouse.id
        self.assertEqual(
            self._create_order((self.protected, 1), **values).warehouse_id,
            self.warehouse,
        )

    def test_ambiguous_is_refused(self):
        """A6: several warehouses and no mapping: refused, never chosen by chance."""
        order = self._create_order((self.protected, 1), team_id=False)
        self.assertFalse(order.warehouse_id)
        with self.assertRaisesRegex(UserError, "several are possible") as refused:
            order.action_confirm()
        self.assertIn("warehouse to ship from is not known", str(refused.exception))
        self.assertNotIn("Not enough stock", str(refused.exception))
        order.warehouse_id = self.second
        self._set_stock(self.protected, 1, self.second.lot_stock_id)
        order.action_confirm()
        self.assertEqual(order.picking_ids.location_id, self.second.lot_stock_id)

    def test_no_approval_for_nowhere(self):
        """A6: nobody can approve an order that comes from nowhere."""
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 1), team_id=False)
        with self.assertRaisesRegex(UserError, "several are possible"):
            order.action_confirm()

    def test_before_hard_chance_is_recorded(self):
        """A6, B9: in soft and dark Odoo's choice stands, and is written down."""
        for phase in ("dark", "soft"):
            self.company.promise_phase = phase
            order = self._create_order((self.backorderable, 1), team_id=False)
            self.assertTrue(order.warehouse_id)
            order.action_confirm()
            events = self._get_events("order:ambiguous_warehouse", order_id=order)
            self.assertEqual(len(events), 1)

    def test_mapped_is_not_recorded(self):
        """A6: a warehouse that a mapping names is no chance."""
        self.company.promise_phase = "soft"
        order = self._confirm((self.backorderable, 1), team_id=self.team.id)
        self.assertFalse(self._get_events("order:ambiguous_warehouse", order_id=order))

    def test_signed_order_from_nowhere_is_not_lost(self):
        """A6, B4: a signed order is confirmed, and nothing ships until decided."""
        order = self._create_order(
            (self.protected, 1), team_id=False, signature=SIGNATURE
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.requires_inventory_override)
        self.assertFalse(order.picking_ids)
