# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestChecklist(BackorderCommon):
    """Each step is ticked by what it is about, and opened by those who may."""

    def _get_step(self, key, role="manager"):
        checklist = self._as(role, self.env["backorder.checklist"]).get_checklist()
        self.assertEqual(checklist["company"], self.company.name)
        return next(step for step in checklist["steps"] if step["key"] == key)

    def _is_done(self, key):
        self.env.flush_all()
        return self._get_step(key)["done"]

    def test_steps_are_plain_data(self):
        """C10: every step has its text, and an action that exists where it has one."""
        administrator = self.env["backorder.checklist"].sudo()
        for step in administrator.get_checklist()["steps"]:
            with self.subTest(step=step["key"]):
                self.assertTrue(step["title"] and step["help"] and step["detail"])
                self.assertIsInstance(step["done"], bool)
                self.assertTrue(self.env.ref(step["action"]))

    def test_checklist_is_for_managers(self):
        """C10: operators neither see it nor are shown the menu."""
        with self.assertRaisesRegex(AccessError, "Inventory Manager"):
            self._as("operator", self.env["backorder.checklist"]).get_checklist()

    def test_manager_opens_what_a_manager_may_change(self):
        """C10: a manager gets a button for policies, not for the server's settings."""
        self.assertTrue(self._get_step("policies")["action"])
        for key in ("monitor", "phase", "mail", "jobs", "apps"):
            self.assertFalse(self._get_step(key)["action"], key)

    def test_monitored_for_a_week(self):
        """B9, C10: the log is a week old; administrators see what would be refused."""
        self.company.promise_phase = "dark"
        self._create_order((self.protected, 5)).action_confirm()
        step = self._get_step("monitor")
        self.assertFalse(step["done"])
        self.assertIn("Phase: Monitor", step["detail"])
        self.users["manager"].group_ids += self.env.ref("base.group_system")
        self.assertTrue(self._get_step("monitor")["detail"].endswith(": 1"))
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            step = self._get_step("monitor")
            self.assertTrue(step["done"])
            self.assertTrue(step["detail"].endswith(": 0"), step["detail"])

    def test_phase(self):
        """C10: the last step is the change of the phase."""
        self.company.promise_phase = "dark"
        self.assertFalse(self._is_done("phase"))
        self.assertFalse(self._is_done("monitor"))
        self.company.promise_phase = "soft"
        self.assertTrue(self._is_done("phase"))
        self.assertTrue(self._is_done("monitor"))

    def test_warehouse_of_each_team(self):
        """A2, C10: one warehouse is certain; of several, each team needs its own."""
        teams = self.env["crm.team"].search([])
        teams.warehouse_id = False
        team = self.env["crm.team"].create(
            {"name": "Field Sales", "company_id": self.company.id}
        )
        self.assertTrue(self._is_done("warehouses"))
        self._create_warehouse("Second", "SEC")
        (teams - team).active = False
        self.assertFalse(self._is_done("warehouses"))
        self.assertIn("Field Sales", self._get_step("warehouses")["detail"])
        team.warehouse_id = self.warehouse
        self.assertTrue(self._is_done("warehouses"))
        team.warehouse_id = False
        team.member_ids = self.users["sales"]
        self.users["sales"].with_company(
            self.company
        ).property_warehouse_id = self.warehouse
        self.assertTrue(self._is_done("warehouses"))

    def test_kinds_of_locations(self):
        """A1, C10: a location below stock has a kind, or there is none."""
        below = self.env["stock.location"].search(
            [("id", "child_of", self.stock.id), ("id", "!=", self.stock.id)]
        )
        below.own_availability_kind = False
        self.assertFalse(self._is_done("locations"))
        self.shelf.availability_kind = "quarantine"
        self.assertTrue(self._is_done("locations"))
        self.shelf.own_availability_kind = False
        below.active = False
        self.assertTrue(self._is_done("locations"))

    def test_policies(self):
        """A3, C10: the company, or a product, category or place, is decided on."""
        for model in ("product.template", "product.product", "product.category"):
            self.env[model].search(
                [("allow_backorder", "!=", "inherit")]
            ).allow_backorder = "inherit"
        self.env["stock.policy"].search([]).unlink()
        self.company.allow_backorder = False
        self.assertFalse(self._is_done("policies"))
        self.protected.allow_backorder = "no"
        self.assertTrue(self._is_done("policies"))
        self.protected.allow_backorder = "inherit"
        self.company.allow_backorder = True
        self.assertTrue(self._is_done("policies"))

    def test_people(self):
        """B4, C10: somebody is responsible, and an employee approves."""
        self.company.backorder_responsible_id = False
        self.assertFalse(self._is_done("responsible"))
        self.company.backorder_responsible_id = self.users["manager"]
        self.assertTrue(self._is_done("responsible"))
        self.assertTrue(self._is_done("approvers"))
        others = self.users["manager"] | self.users["finance"]
        others.group_ids += self.env.ref("base.group_system")
        self.assertFalse(self._is_done("approvers"))

    def test_mail(self):
        """C10: a server to send by, and an address to send from."""
        self.env["ir.mail_server"].search([]).active = False
        self.company.email = "stock@example.com"
        self.assertFalse(self._is_done("mail"))
        self.env["ir.mail_server"].create({"name": "Out", "smtp_host": "localhost"})
        self.assertTrue(self._is_done("mail"))
        self.company.email = False
        self.assertFalse(self._is_done("mail"))

    def test_scheduled_actions(self):
        """D5, C10: they are neither archived nor late."""
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.cron"), ("module", "=like", "backorder%")]
        )
        crons = self.env["ir.cron"].browse(data.mapped("res_id"))
        crons.write(
            {"active": True, "nextcall": fields.Datetime.now() + timedelta(days=1)}
        )
        self.assertTrue(self._is_done("jobs"))
        crons[0].active = False
        step = self._get_step("jobs")
        self.assertFalse(step["done"])
        self.assertIn(crons[0].cron_name, step["detail"])
        crons[0].write(
            {"active": True, "nextcall": fields.Datetime.now() - timedelta(hours=2)}
        )
        self.assertFalse(self._is_done("jobs"))

    def test_box_of_an_addon_that_is_not_there(self):
        """C10: a box that Odoo would ignore says what is missing."""
        self.patch(
            self.env.registry["ir.module.module"], "_get", lambda self, name: self
        )
        settings = self.env["res.config.settings"].create(
            {"module_backorder_atp_audit": True}
        )
        with self.assertRaisesRegex(UserError, "Audit cannot be installed"):
            settings.set_values()

    def test_addons_of_the_apps(self):
        """C10: an app without the addon that supports it is named."""
        settings = self.env.registry["res.config.settings"]
        self.patch(settings, "_get_missing_bridges", lambda self: ["Repairs (r)"])
        step = self._get_step("apps")
        self.assertFalse(step["done"])
        self.assertIn("Repairs", step["detail"])
        self.patch(settings, "_get_missing_bridges", lambda self: [])
        self.assertTrue(self._is_done("apps"))
