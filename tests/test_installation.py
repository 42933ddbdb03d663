# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from ..hooks import post_init_hook, pre_init_hook
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestInstallation(BackorderCommon):
    def test_open_orders_are_found_waiting(self):
        """C1: orders that waited before the installation wait after it."""
        order = self._confirm((self.backorderable, 2))
        done = self._confirm((self._create_product("Sold", allow_backorder="yes"), 1))
        done._action_cancel()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backorder_state = 'none', backordered_since = NULL"
        )
        self.env.cr.execute(
            "UPDATE sale_order_line SET backorder_qty = 0, backorder_product_qty = 0"
        )
        self.env.invalidate_all()
        post_init_hook(self.env)
        self.assertEqual(order.backorder_state, "backordered")
        self.assertEqual(order.order_line.backorder_product_qty, 2)
        self.assertEqual(done.backorder_state, "none")

    def test_kinds_set_by_hand_are_kept(self):
        """B1: installing anew does not take back what somebody decided."""
        self.warehouse.wh_output_stock_loc_id.own_availability_kind = "pickable"
        self.warehouse.wh_qc_stock_loc_id.own_availability_kind = False
        post_init_hook(self.env)
        self.assertEqual(
            self.warehouse.wh_output_stock_loc_id.availability_kind, "pickable"
        )
        self.assertEqual(
            self.warehouse.wh_qc_stock_loc_id.availability_kind, "quarantine"
        )

    def test_columns_that_exist_are_left_alone(self):
        """C1: the columns are added once, with the values they have."""
        order = self._confirm((self.backorderable, 2))
        self.env.flush_all()
        pre_init_hook(self.env)
        order.invalidate_recordset()
        self.assertEqual(order.backorder_state, "backordered")

    def test_defaults_stop_nothing(self):
        """B9: a company that has chosen nothing is in the dark phase, and may not
        backorder anything on purpose."""
        company = self.env["res.company"].sudo().create({"name": "Fresh"})
        self.assertEqual(company.promise_phase, "dark")
        self.assertEqual(company.shortage_policy, "block")
        self.assertFalse(company.allow_backorder)
