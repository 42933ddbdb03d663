# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from lxml import etree

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import BackorderCommon

NEVER = datetime(9999, 12, 31, 23, 59, 59)
GROUPED = ("many2one", "selection", "char", "boolean")
OWN = "odoo.addons.backorder_atp"


class BadRecordsCommon(BackorderCommon):
    """Records that no screen and no scheduled action may stumble over."""

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
        """An order of a customer, a product and a salesperson who are gone."""
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

    def _open_every_screen(self, addon):
        """Open each list, form and chart of each action; return how many."""
        actions = self.env["ir.model.data"].search(
            [("module", "=", addon), ("model", "=", "ir.actions.act_window")]
        )
        opened = 0
        for data in actions:
            action = self.env[data.model].browse(data.res_id)
            model = self._as("manager", self.env[action.res_model])
            if action.target == "new" or not model.has_access("read"):
                continue
            for kind in action.view_mode.split(","):
                with self.subTest(data.name, view=kind):
                    self._open(model, action, kind)
                    opened += 1
        return opened

    def _open(self, model, action, kind):
        """Ask for what the web client asks for."""
        context = safe_eval(action.context or "{}", {"uid": model.env.uid})
        domain = safe_eval(
            action.domain or "[]", {"uid": model.env.uid, "context_today": None}
        )
        model = model.with_context(**context)
        views = [view for view in action.view_ids if view.view_mode == kind]
        view_id = views[0].view_id.id if views else False
        arch = etree.fromstring(model.get_view(view_id, kind)["arch"])
        names = self._get_field_names(model, arch)
        if kind in ("pivot", "graph"):
            groups = [name for name in names if model._fields[name].type in GROUPED]
            model.formatted_read_group(domain, groups[:1], ["__count"])
            return
        records = model.web_search_read(
            domain, {name: {} for name in names}, limit=200
        )["records"]
        if kind == "form" and records:
            model.browse(records[0]["id"]).web_read({name: {} for name in names})

    def _get_field_names(self, model, arch):
        """Return the fields of the view itself, not those of its lists."""
        nodes = arch.xpath("//field[not(ancestor::field)]")
        names = dict.fromkeys(node.get("name") for node in nodes)
        return [name for name in names if name in model._fields]


@tagged("post_install", "-at_install")
class TestBadRecords(BadRecordsCommon):
    """Every screen opens, and every scheduled action runs, whatever is in the data."""

    def test_scheduled_actions_do_their_work(self):
        """C2, B5, D8, C4, C11: what is good gets its stock; nothing stops."""
        crons = self._get_scheduled_actions()
        self.company.write({"backorder_auto_purchase": True})
        for cron in crons:
            # Odoo itself cannot order from a vendor who needs a million years
            is_failing = cron.name == "ir_cron_buy"
            check = self.assertLogs if is_failing else self.assertNoLogs
            with self.subTest(cron.name), check(OWN, "WARNING"):
                self.env.cr.flush()
                with self.enter_registry_test_mode():
                    self.env.ref(cron.complete_name).method_direct_trigger()
                self.env.invalidate_all()
        self.assertEqual(self.order.backorder_state, "allocated")
        failure = self.env["backorder.failure"].search([])
        self.assertEqual(
            (failure.task, failure.record_name, failure.activity_ids.user_id),
            ("purchase", "Never", self.users["manager"]),
        )
        self.assertFalse(self.env["backorder.check"].search([]))
        self.assertFalse(self.env["backorder.promise.check"].search([]))

    def test_every_screen_opens(self):
        """C5, C11: each list, form and chart of each action, as the manager."""
        self.assertGreater(self._open_every_screen("backorder_atp"), 20)
