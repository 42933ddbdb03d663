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
        """A6: a single warehouse is used."""
        self.second.active = False
        self.assertEqual(
            self._create_order((self.protected, 1)).warehouse_id, self.warehouse
        )

    def test_manual_before_team_before_user(self):
        """A6: the mapping with the highest precedence applies."""
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
        """A6: several warehouses and no mapping: refused."""
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

    def test_no_approval_without_a_warehouse(self):
        """A6: an order without a warehouse cannot be approved."""
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 1), team_id=False)
        with self.assertRaisesRegex(UserError, "several are possible"):
            order.action_confirm()

    def test_monitor_phase_logs_an_ambiguous_warehouse(self):
        """A6, B9: in the monitor phase Odoo's choice is kept and logged."""
        self.company.promise_phase = "dark"
        order = self._create_order((self.backorderable, 1), team_id=False)
        self.assertTrue(order.warehouse_id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.override_ids)
        self.assertEqual(self._count_ambiguous(order), 1)

    # ------------------------------------------------------------------
    # Approve phase
    # ------------------------------------------------------------------

    def _count_ambiguous(self, order):
        return len(self._get_events("order:ambiguous_warehouse", order_id=order))

    def _request_in_approve_phase(self, *lines, **values):
        self.company.promise_phase = "soft"
        order = self._create_order(*lines, team_id=False, **values)
        order = self._as("sales", order)
        order.action_confirm()
        return order.with_env(self.env)

    def test_approve_phase_requires_approval_of_the_warehouse(self):
        """A6, B9: despite enough stock, a manager must approve an ambiguous
        warehouse."""
        self._set_stock(self.protected, 5)
        order = self._request_in_approve_phase(
            (self.protected, 1), (self.backorderable, 3)
        )
        self.assertEqual(order.state, "draft")
        self.assertTrue(order.requires_inventory_override)
        self.assertTrue(order.needs_warehouse_approval)
        self.assertFalse(order.needs_stock_approval)
        lines = order.override_ids.line_ids
        self.assertEqual(
            set(lines.mapped("reason")),
            {"no warehouse is set and several are possible"},
        )
        self.assertEqual(lines.mapped("shortage_qty"), [0, 0])
        self.assertEqual(self._count_ambiguous(order), 1)

    def test_request_names_the_warehouse_as_the_reason(self):
        """A6, E5: programs and users see that the warehouse is the reason."""
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

    def test_short_and_ambiguous_shows_both_reasons(self):
        """A6, B5: one item with both reasons and the full shortage."""
        order = self._request_in_approve_phase((self.protected, 3))
        line = order.override_ids.line_ids
        self.assertEqual(line.shortage_qty, 3)
        self.assertIn("backorders are not allowed", line.reason)
        self.assertIn("no warehouse is set", line.reason)
        self.assertTrue(order.needs_stock_approval and order.needs_warehouse_approval)

    def test_approval_ships_from_the_warehouse_on_the_order(self):
        """A6, B5: once approved, it is confirmed with this warehouse."""
        self._set_stock(self.protected, 5)
        order = self._request_in_approve_phase((self.protected, 1))
        warehouse = order.warehouse_id
        self._as("manager", order.override_ids).action_approve("from there")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.warehouse_id, warehouse)
        self.assertEqual(order.picking_ids.location_id, warehouse.lot_stock_id)
        self.assertEqual(order.override_ids.state, "approved")
        self.assertFalse(order.requires_inventory_override)
        self.assertEqual(self._count_ambiguous(order), 1)
        self.assertEqual(order.check_promise()["status"], "success")

    def test_setting_a_warehouse_needs_no_approval(self):
        """A6: with another warehouse or a mapping the order passes."""
        self._set_stock(self.protected, 5)
        self._set_stock(self.protected, 5, self.second.lot_stock_id)
        chosen = self._request_in_approve_phase((self.protected, 1))
        chosen.warehouse_id = self.second
        self._as("sales", chosen).action_confirm()
        mapped = self._request_in_approve_phase((self.protected, 1))
        mapped.team_id = self.team
        self._as("sales", mapped).action_confirm()
        for order in chosen | mapped:
            self.assertEqual(order.state, "sale")
            self.assertEqual(order.warehouse_id, self.second)
            self.assertEqual(order.override_ids.state, "withdrawn")

    def test_rejected_order_can_be_requested_again(self):
        """A6, B5: a rejection is not final."""
        self._set_stock(self.protected, 5)
        order = self._request_in_approve_phase((self.protected, 1))
        self._as("manager", order.override_ids).action_reject("from the other")
        self.assertEqual(order.state, "draft")
        self._as("sales", order).action_confirm()
        states = order.override_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["rejected", "pending"])

    def test_signed_order_is_withheld(self):
        """A6, B4: in the approve phase too a signed order is confirmed; it ships once
        approved."""
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

    def test_increase_does_not_check_the_warehouse(self):
        """A6, B3: the warehouse of a confirmed order is already decided."""
        order = self._request_in_approve_phase((self.backorderable, 1))
        self._as("manager", order.override_ids).action_approve("from there")
        self._as("sales", order).order_line.product_uom_qty = 4
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertFalse(order.requires_inventory_override)

    def test_mapped_warehouse_is_not_logged(self):
        """A6: a warehouse chosen by a mapping is not ambiguous."""
        self.company.promise_phase = "soft"
        order = self._confirm((self.backorderable, 1), team_id=self.team.id)
        self.assertFalse(self._get_events("order:ambiguous_warehouse", order_id=order))

    def test_signed_order_without_a_warehouse_is_confirmed(self):
        """A6, B4: a signed order is confirmed, and nothing ships until the decision."""
        order = self._create_order(
            (self.protected, 1), team_id=False, signature=SIGNATURE
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.requires_inventory_override)
        self.assertFalse(order.picking_ids)
