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
        self.assertIn("warehouse to ship from is not set", str(refused.exception))
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

    def test_in_dark_chance_is_recorded(self):
        """A6, B9: in dark Odoo's choice stands, and is written down."""
        self.company.promise_phase = "dark"
        order = self._create_order((self.backorderable, 1), team_id=False)
        self.assertTrue(order.warehouse_id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.override_ids)
        self.assertEqual(self._count_chances(order), 1)

    # ------------------------------------------------------------------
    # The soft phase asks
    # ------------------------------------------------------------------

    def _count_chances(self, order):
        return len(self._get_events("order:ambiguous_warehouse", order_id=order))

    def _ask_in_soft(self, *lines, **values):
        self.company.promise_phase = "soft"
        order = self._create_order(*lines, team_id=False, **values)
        order = self._as("sales", order)
        order.action_confirm()
        return order.with_env(self.env)

    def test_soft_asks_for_the_warehouse(self):
        """A6, B9: plenty of stock, but nobody said from where: a manager decides."""
        self._set_stock(self.protected, 5)
        order = self._ask_in_soft((self.protected, 1), (self.backorderable, 3))
        self.assertEqual(order.state, "draft")
        self.assertTrue(order.requires_inventory_override)
        self.assertTrue(order.waits_for_warehouse)
        self.assertFalse(order.waits_for_stock)
        lines = order.override_ids.line_ids
        self.assertEqual(
            set(lines.mapped("reason")),
            {"no warehouse is set and several are possible"},
        )
        self.assertEqual(lines.mapped("shortage_qty"), [0, 0])
        self.assertEqual(self._count_chances(order), 1)

    def test_soft_says_what_it_asks_for(self):
        """A6, E5: programs and people read that it is about the warehouse."""
        self.company.promise_phase = "soft"
        order = self._create_order((self.backorderable, 1), team_id=False)
        order = self._as("sales", order)
        foreseen = order.check_promise()
        self.assertEqual(foreseen["status"], "pending_approval")
        self.assertIn("has no warehouse", foreseen["message"])
        message = order.action_confirm()["params"]["message"]
        self.assertIn("no warehouse is set", message)
        self.assertEqual(order.process_promise()["message"], foreseen["message"])
        self.assertIn(
            "no warehouse selected",
            order.sudo().override_ids.activity_ids.summary,
        )

    def test_short_and_by_chance_says_both(self):
        """A6, B5: one item, both reasons, and the shortage as large as it is."""
        order = self._ask_in_soft((self.protected, 3))
        line = order.override_ids.line_ids
        self.assertEqual(line.shortage_qty, 3)
        self.assertIn("backorders are not allowed", line.reason)
        self.assertIn("no warehouse is set", line.reason)
        self.assertTrue(order.waits_for_stock and order.waits_for_warehouse)

    def test_approval_ships_from_the_warehouse_on_the_order(self):
        """A6, B5: approved, it is confirmed from there, and not asked for again."""
        self._set_stock(self.protected, 5)
        order = self._ask_in_soft((self.protected, 1))
        warehouse = order.warehouse_id
        self._as("manager", order.override_ids).action_approve("from there")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.warehouse_id, warehouse)
        self.assertEqual(order.picking_ids.location_id, warehouse.lot_stock_id)
        self.assertEqual(order.override_ids.state, "approved")
        self.assertFalse(order.requires_inventory_override)
        self.assertEqual(self._count_chances(order), 1)
        self.assertEqual(order.check_promise()["status"], "success")

    def test_naming_a_warehouse_ends_the_question(self):
        """A6: another warehouse, or a mapping, and the order goes through."""
        self._set_stock(self.protected, 5)
        self._set_stock(self.protected, 5, self.second.lot_stock_id)
        chosen = self._ask_in_soft((self.protected, 1))
        chosen.warehouse_id = self.second
        self._as("sales", chosen).action_confirm()
        mapped = self._ask_in_soft((self.protected, 1))
        mapped.team_id = self.team
        self._as("sales", mapped).action_confirm()
        for order in chosen | mapped:
            self.assertEqual(order.state, "sale")
            self.assertEqual(order.warehouse_id, self.second)
            self.assertEqual(order.override_ids.state, "withdrawn")

    def test_rejected_is_asked_for_again(self):
        """A6, B5: a rejection decides nothing for good."""
        self._set_stock(self.protected, 5)
        order = self._ask_in_soft((self.protected, 1))
        self._as("manager", order.override_ids).action_reject("from the other")
        self.assertEqual(order.state, "draft")
        self._as("sales", order).action_confirm()
        states = order.override_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["rejected", "pending"])

    def test_signed_order_waits_with_its_delivery(self):
        """A6, B4: in soft as well a signed order is confirmed; approved, it ships."""
        self._set_stock(self.protected, 5)
        self.company.promise_phase = "soft"
        order = self._create_order(
            (self.protected, 1), team_id=False, signature=SIGNATURE
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.picking_ids)
        self._as("manager", order.override_ids).action_approve("from there")
        self.assertEqual(order.picking_ids.location_id, self.warehouse.lot_stock_id)
        self.assertFalse(order.requires_inventory_override)

    def test_growing_after_approval_is_no_question_of_the_warehouse(self):
        """A6, B3: where a confirmed order ships from is decided."""
        order = self._ask_in_soft((self.backorderable, 1))
        self._as("manager", order.override_ids).action_approve("from there")
        self._as("sales", order).order_line.product_uom_qty = 4
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertFalse(order.requires_inventory_override)

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
