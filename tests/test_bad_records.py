# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .screens_common import ScreensCommon

NEVER = datetime(9999, 12, 31, 23, 59, 59)
OWN = "odoo.addons.backorder_atp"


class BadRecordsCommon(ScreensCommon):
    """Invalid records that must not break a screen or a scheduled action."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Tokyo"
        cls.users["manager"].tz = "Asia/Tokyo"
        cls.company.backorder_responsible_id = cls.users["manager"]
        cls._create_absurd_dates()
        cls._create_absurd_quantity()
        cls._create_archived()
        cls._create_without_rate()
        cls._create_without_warehouse()
        cls._create_without_size()
        cls.good = cls._create_product("Good", allow_backorder="yes")
        cls.order = cls._confirm((cls.good, 2))
        cls._force_stock(cls.good, 2)
        cls.env.flush_all()

    @classmethod
    def _create_absurd_dates(cls):
        seller = {"partner_id": cls.vendor.id, "delay": 999_999_999}
        product = cls._create_product(
            "Never", allow_backorder="yes", seller_ids=[Command.create(seller)]
        )
        cls._confirm((product, 5), commitment_date=NEVER)
        cls._create_receipt(product, 2, scheduled_date=NEVER)
        late = cls._confirm((product, 5), date_order=NEVER)
        late.date_order = NEVER

    @classmethod
    def _create_absurd_quantity(cls):
        product = cls._create_product("Billion", allow_backorder="yes")
        cls._confirm((product, 999_999_999_999))
        cls._create_receipt(product, 999_999_999_999)

    @classmethod
    def _create_archived(cls):
        """Create an order with an archived customer, product and salesperson."""
        product = cls._create_product("Gone", allow_backorder="yes")
        customer = cls.env["res.partner"].create({"name": "Gone"})
        user = cls._create_user("gone", "sales_team.group_sale_salesman")
        user.email = False
        order = cls._confirm((product, 1), partner_id=customer.id, user_id=user.id)
        order.backordered_since = fields.Datetime.now() - timedelta(days=99)
        (product | cls._create_product("Gone, Too")).action_archive()
        user.action_archive()
        customer.action_archive()

    @classmethod
    def _create_without_rate(cls):
        currency = cls.env["res.currency"].create({"name": "XNO", "symbol": "?"})
        pricelist = cls.env["product.pricelist"].create(
            {"name": "Odd", "currency_id": currency.id, "company_id": cls.company.id}
        )
        order = cls._confirm((cls.backorderable, 3), pricelist_id=pricelist.id)
        currency.rate_ids.unlink()
        cls.env.cr.execute(
            "UPDATE sale_order SET currency_rate = 0 WHERE id = %s", (order.id,)
        )

    @classmethod
    def _create_without_warehouse(cls):
        other = cls.env["res.company"].create({"name": "Homeless"})
        cls.env["stock.warehouse"].search(
            [("company_id", "=", other.id)]
        ).active = False

    def _get_scheduled_actions(self, addon="backorder_atp"):
        return self.env["ir.model.data"].search(
            [("module", "=", addon), ("model", "=", "ir.cron")]
        )

    def _run(self, cron):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref(cron.complete_name).method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def _create_without_size(cls):
        unit = cls.env.ref("uom.product_uom_unit")
        cls.box = cls.env["uom.uom"].create(
            {"name": "Box", "relative_factor": 6, "relative_uom_id": unit.id}
        )
        product = cls._create_product("Boxed", allow_backorder="yes")
        boxed = cls._create_product("Box", allow_backorder="yes", uom_id=cls.box.id)
        cls._set_stock(product, 7)
        line = {"product_uom_qty": 2, "product_uom_id": cls.box.id}
        for values in (
            {**line, "product_id": product.id},
            {**line, "product_id": boxed.id},
            {**line, "product_id": boxed.id, "product_uom_id": unit.id},
        ):
            cls._confirm(values)
        cls._force_stock(product, 50)
        cls._create_receipt(boxed, 1)
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE uom_uom SET factor = 0 WHERE id = %s", (cls.box.id,))
        cls.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestBadRecords(BadRecordsCommon):
    """Every screen opens and every scheduled action runs with invalid data."""

    def test_scheduled_actions_do_their_work(self):
        """C2, B5, D8, C4, C11: valid orders get their stock; nothing stops."""
        for cron in self._get_scheduled_actions():
            with self.subTest(cron.name), self.assertNoLogs(OWN, "WARNING"):
                self._run(cron)
        self.assertEqual(self.order.backorder_state, "allocated")
        failure = self.env["backorder.failure"].search([])
        self.assertEqual(
            (failure.task, failure.record_name, failure.activity_ids.user_id),
            ("unit", "Box", self.users["manager"]),
        )
        self.assertFalse(self.env["backorder.retry"].search([]))

    def test_every_screen_opens(self):
        """C5, C11: each list, form and chart of each action opens for the manager."""
        self.assertGreater(self._open_every_screen("backorder_atp"), 10)

    def test_unit_without_a_ratio_is_reported(self):
        """C1: it is reported to the manager until it is corrected."""
        failures = self.env["backorder.failure"]
        for attempts in (1, 2):
            self.env["uom.uom"]._report_without_size()
            failure = self._as("manager", failures).search([])
            self.assertEqual(failure.record_name, "Box")
            self.assertEqual(failure.attempts, attempts)
            self.assertEqual(failure.company_id, self.company)
            self.assertIn("count as zero", failure.message)
            self.assertEqual(failure.action_open_record()["res_id"], self.box.id)
        self.box.modified(["relative_factor"])
        self.assertEqual(self.box.factor, 6)
        self.env["uom.uom"]._report_without_size()
        self.assertFalse(failure.exists())
