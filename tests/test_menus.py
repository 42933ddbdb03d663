# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.tests import tagged
from odoo.tools import file_open

from .common import BackorderCommon

FILTERS = {"filter_activities_my", "activities_overdue", "activities_today"}


@tagged("post_install", "-at_install")
class TestMenus(BackorderCommon):
    def _get_visible(self, role):
        menus = self._as(role, self.env["ir.ui.menu"])
        return menus.browse(menus._visible_menu_ids()).sudo()

    def test_viewer_has_an_application_and_no_transfers(self):
        """B5: a viewer without an Inventory role sees Backorders, not Inventory."""
        visible = self._get_visible("viewer")
        self.assertIn(self.env.ref("backorder_atp.menu_backorder_root"), visible)
        self.assertNotIn(self.env.ref("stock.menu_stock_root"), visible)

    def test_application_has_six_entries(self):
        """C10: six entries at the first level, each with a submenu or action."""
        root = self.env.ref("backorder_atp.menu_backorder_root")
        for role in ("viewer", "operator", "manager", "finance"):
            with self.subTest(role=role):
                visible = self._get_visible(role)
                entries = visible.filtered(lambda menu: menu.parent_id == root)
                self.assertLessEqual(len(entries), 6)
                for entry in entries:
                    self.assertTrue(entry.action or entry.child_id & visible)

    def test_every_entry_opens_for_each_role(self):
        """C10: no role sees a menu it cannot open."""
        root = self.env.ref("backorder_atp.menu_backorder_root")
        for role in ("viewer", "operator", "manager", "finance"):
            below = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
            for menu in below & self._get_visible(role):
                if menu.action and menu.action._name == "ir.actions.act_window":
                    with self.subTest(role=role, menu=menu.complete_name):
                        records = self._as(role, self.env[menu.action.res_model])
                        self.assertTrue(records.has_access("read"))
                        records.get_views(
                            [(False, mode) for mode in menu.action.view_mode.split(",")]
                        )

    def test_to_do_list_shows_own_activities(self):
        """B5: the list shows the user's own activities only."""
        mixin = self.env.registry["mail.activity.mixin"]
        for model in self.env.values():
            own = (model._original_module or "").startswith("backorder_atp")
            if own and not model._abstract and issubclass(type(model), mixin):
                arch = etree.fromstring(model.get_view(view_type="search")["arch"])
                self.assertLessEqual(
                    FILTERS, set(arch.xpath("//filter/@name")), model._name
                )

    def test_settings_say_what_they_change(self):
        """C10: each setting has a title, a sentence, and a page that exists."""
        settings = self.env["res.config.settings"]
        arch = etree.fromstring(settings.get_view(view_type="form")["arch"])
        own = arch.xpath("//app[@name='backorder_atp']//setting")
        self.assertTrue(own)
        for setting in own:
            with self.subTest(setting=setting.get("id")):
                names = setting.xpath("./field/@name")
                self.assertTrue(setting.get("string") or names)
                self.assertTrue(setting.get("help"))
                path, _sep, anchor = setting.get("documentation").partition("#")
                with file_open(path.lstrip("/")) as page:
                    self.assertIn(f'id="{anchor}"', page.read())
