# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from psycopg2.extras import Json

from odoo import fields
from odoo.tests import tagged

from ..hooks import post_init_hook, pre_init_hook
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestInstallation(BackorderCommon):
    def _forget(self):
        """Restore the tables as before the installation of the addon."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backorder_state = 'none', backordered_since = NULL"
        )
        self.env.cr.execute(
            "UPDATE sale_order_line SET backorder_qty = 0, backorder_product_qty = 0,"
            " allocated_qty = 0, open_qty = 0"
        )
        self.env.invalidate_all()

    def _set_confirmed(self, order, days_ago):
        order.date_order = fields.Datetime.now() - timedelta(days=days_ago)

    def test_open_orders_are_backordered(self):
        """C1: orders that lacked stock before the installation are backordered after
        it."""
        order = self._confirm((self.backorderable, 2))
        done = self._confirm((self._create_product("Sold", allow_backorder="yes"), 1))
        done._action_cancel()
        self._forget()
        post_init_hook(self.env)
        self.assertEqual(order.backorder_state, "backordered")
        self.assertEqual(order.order_line.backorder_product_qty, 2)
        self.assertEqual(done.backorder_state, "none")

    def test_delivered_in_part(self):
        """C1: deliveries before the installation count, on a separate line as on the
        backordered line, and in the log."""
        self._set_stock(self.protected, 3)
        lines = self._confirm((self.protected, 3), (self.backorderable, 2))
        split = self._create_product("Split", allow_backorder="yes")
        self._set_stock(split, 4)
        line = self._confirm((split, 6))
        for order in (lines, line):
            self._validate(order.picking_ids)
        self._forget()
        post_init_hook(self.env)
        for order in (lines, line):
            with self.subTest(lines=len(order.order_line)):
                self.assertEqual(order.backorder_state, "partially_allocated")
                event = self._get_events("order:backordered", order_id=order)[0]
                self.assertEqual(event.trigger_source, "installation")
                self.assertEqual(event.payload["newStatus"], "partially_allocated")

    def test_age_is_that_of_the_order(self):
        """C1: an order confirmed in spring is backordered since spring."""
        order = self._confirm((self.backorderable, 2))
        self._set_confirmed(order, 60)
        self._forget()
        post_init_hook(self.env)
        self.assertEqual(order.backordered_since, order.date_order)
        self.assertEqual(order.backorder_age, 60)
        event = self._get_events("order:backordered", order_id=order)[0]
        since = fields.Datetime.to_string(order.date_order)
        self.assertEqual(event.payload["backorderedSince"], since)

    def test_age_begins_at_the_reservation_date(self):
        """C1: an order for a later date is not backordered before its reservation
        date."""
        self.warehouse.out_type_id.reservation_method = "by_date"
        self.warehouse.out_type_id.reservation_days_before = 0
        order = self._create_order((self.backorderable, 2))
        order.commitment_date = fields.Datetime.now() - timedelta(days=10)
        order.action_confirm()
        self._set_confirmed(order, 60)
        due = order.order_line.move_ids.reservation_date
        self._forget()
        post_init_hook(self.env)
        self.assertEqual(order.backordered_since.date(), due)

    def test_nothing_else_is_logged(self):
        """C8: reservations before the installation are not logged."""
        self._set_stock(self.protected, 3)
        order = self._confirm((self.protected, 3))
        self._forget()
        events = self._get_events("order:allocated", order_id=order)
        post_init_hook(self.env)
        self.assertEqual(order.backorder_state, "allocated")
        self.assertEqual(order.order_line.allocated_qty, 3)
        self.assertEqual(self._get_events("order:allocated", order_id=order), events)

    def test_kinds_set_manually_are_kept(self):
        """B1: installing again does not change them."""
        self.warehouse.wh_output_stock_loc_id.own_availability_kind = "pickable"
        self.warehouse.wh_qc_stock_loc_id.own_availability_kind = False
        post_init_hook(self.env)
        self.assertEqual(
            self.warehouse.wh_output_stock_loc_id.availability_kind, "pickable"
        )
        self.assertEqual(
            self.warehouse.wh_qc_stock_loc_id.availability_kind, "quarantine"
        )

    def test_existing_columns_are_kept(self):
        """C1: the columns are added once and keep their values."""
        order = self._confirm((self.backorderable, 2))
        self.env.flush_all()
        pre_init_hook(self.env)
        order.invalidate_recordset()
        self.assertEqual(order.backorder_state, "backordered")

    def _set_module_state(self, name, state):
        module = self.env["ir.module.module"].search([("name", "=", name)])
        if not module:
            module = self.env["ir.module.module"].create({"name": name})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_module_module SET state = %s, shortdesc = %s WHERE id = %s",
            [state, Json({"en_US": name}), module.id],
        )
        self.env.invalidate_all()

    def test_settings_warn_of_missing_bridges(self):
        """A1: an app without its bridge is listed, with the bridge."""
        settings = self.env["res.config.settings"]
        self._set_module_state("product_expiry", "installed")
        self._set_module_state("backorder_atp_product_expiry", "uninstalled")
        warning = settings.create({}).missing_bridges
        self.assertIn("backorder_atp_product_expiry", warning)
        self._set_module_state("backorder_atp_product_expiry", "installed")
        warning = settings.create({}).missing_bridges or ""
        self.assertNotIn("product_expiry", warning)

    def test_settings_warn_of_nothing_if_no_bridge_is_missing(self):
        """A1: without a missing addon there is no warning, not even an empty one."""
        settings = self.env["res.config.settings"]
        self.patch(
            self.env.registry[settings._name], "_get_missing_bridges", lambda self: []
        )
        self.assertIs(settings.create({}).missing_bridges, False)

    def test_defaults_stop_nothing(self):
        """B9: a new company is in the monitor phase and does not allow backorders."""
        company = self.env["res.company"].sudo().create({"name": "Fresh"})
        self.assertEqual(company.promise_phase, "dark")
        self.assertEqual(company.shortage_policy, "block")
        self.assertFalse(company.allow_backorder)
