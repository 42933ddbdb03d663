# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import BackorderCommon

# The menu of the sales application belongs to another addon.
QUOTATIONS = "/odoo/action-sale.action_quotations"


class TourCommon(BackorderCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_policy = "pending"
        cls._set_stock(cls.protected, 3)
        for role in ("operator", "manager", "sales"):
            cls.users[role].password = cls.users[role].login
        cls.users["manager"].group_ids += cls.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )

    def _start(self, tour, role, url="/odoo"):
        self.start_tour(url, tour, login=self.users[role].login, timeout=120)


@tagged("post_install", "-at_install", "is_tour")
class TestTours(TourCommon):
    # Each of these opens one browser: earlier steps are done by the server.

    def test_order_becomes_a_backorder(self):
        """C1: sell beyond stock, and find the order on backorder."""
        self._start("backorder_atp_order", "manager", QUOTATIONS)
        order = self.env["sale.order"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(order.backorder_state, "backordered")

    def test_receipt_allocates_backorders(self):
        """C2: receive goods, and no order is on backorder any more."""
        order = self._confirm((self.backorderable, 5))
        self._create_receipt(self.backorderable, 5)
        self._start("backorder_atp_receipt", "manager")
        order.invalidate_recordset()
        self.assertEqual(order.backorder_state, "allocated")

    def test_order_of_a_salesperson_is_pending(self):
        """B4: confirming requests approval, and the order shows it."""
        order = self._create_order((self.protected, 5), user_id=self.users["sales"].id)
        self._start("backorder_atp_request", "sales", QUOTATIONS)
        order.invalidate_recordset()
        self.assertTrue(order.requires_inventory_override)

    def test_manager_approves_a_request(self):
        """B4: the manager decides with a reason."""
        order = self._create_order((self.protected, 5), user_id=self.users["sales"].id)
        self._as("sales", order).action_confirm()
        self._start("backorder_atp_approve", "manager")
        order.invalidate_recordset()
        self.assertEqual(
            (order.state, order.requires_inventory_override), ("sale", False)
        )
        self.assertEqual(order.override_ids.reason, "worth it")

    def test_manager_rejects_from_the_card(self):
        """B4: on the phone, with a reason."""
        order = self._create_order((self.protected, 5), user_id=self.users["sales"].id)
        self._as("sales", order).action_confirm()
        self._start("backorder_atp_reject_card", "manager")
        order.invalidate_recordset()
        self.assertEqual(order.override_ids.state, "rejected")

    def _prepare_scans(self):
        """Name what is scanned, and let the receipt be late."""
        self._confirm((self.backorderable, 5)).name = "SCANNED-ORDER"
        yesterday = fields.Datetime.now() - timedelta(days=1)
        receipt = self._create_receipt(self.backorderable, 5, scheduled_date=yesterday)
        receipt.name = "SCANNED-RECEIPT"
        self.backorderable.barcode = "4006381333931"

    def test_operator_scans_on_the_overview(self):
        """C5: an order, a receipt, a product, and something unknown."""
        self._prepare_scans()
        self._start("backorder_atp_scan", "operator")

    def test_viewer_scans_a_receipt(self):
        """C5: nothing that is offered ends in an error."""
        self._prepare_scans()
        self.users["viewer"].password = self.users["viewer"].login
        self._start("backorder_atp_scan_as_viewer", "viewer")

    def test_manager_sets_a_policy(self):
        """A1: allow backorders of a product in a warehouse."""
        self.env["stock.policy"].create(
            {"product_id": self.protected.id, "warehouse_id": self.warehouse.id}
        )
        self._start("backorder_atp_policy", "manager")
        self.env.invalidate_all()
        level = self.protected.stock_policy_ids
        self.assertEqual(level.allow_backorder, "yes")

    def test_operator_splits_an_order(self):
        """C7: the wizard shows both orders and requires the customer's agreement."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm((self.backorderable, 5))
        self._start("backorder_atp_split", "operator")
        order.invalidate_recordset()
        self.assertEqual(order.backorder_state, "allocated")
        child = order.backorder_child_ids
        self.assertEqual(child.order_line.backorder_qty, 3)

    def test_operator_merges_a_split_order(self):
        """C7: from the backorder order back to the original."""
        self._set_stock(self.backorderable, 2)
        order = self._confirm((self.backorderable, 5))
        order.split_backorder(True)
        child = order.backorder_child_ids
        self._start("backorder_atp_merge", "operator")
        self.env.invalidate_all()
        self.assertEqual(child.state, "cancel")
        self.assertEqual(order.order_line.product_uom_qty, 5)
