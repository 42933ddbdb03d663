# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.tests import tagged

from .common import BackorderCommon

FILTERS = {"filter_activities_my", "activities_overdue", "activities_today"}


@tagged("post_install", "-at_install")
class TestMenus(BackorderCommon):
    def _get_names(self, role, parent="stock.menu_stock_root"):
        menus = self._as(role, self.env["ir.ui.menu"])
        visible = menus.browse(menus._visible_menu_ids())
        return visible.filtered(lambda menu: menu.parent_id == self.env.ref(parent))

    def test_viewer_comes_in_for_the_backorders(self):
        """B5: who has no Inventory role is led to no transfer and no count."""
        found = self._get_names("viewer")
        self.assertIn(self.env.ref("backorder_atp.menu_backorder_root"), found)
        for name in ("stock_picking_type_menu", "menu_stock_warehouse_mgmt"):
            self.assertNotIn(self.env.ref(f"stock.{name}"), found)

    def test_to_do_list_shows_what_is_to_do(self):
        """B5: the to-do list leads to one's own activities, not to everything."""
        mixin = self.env.registry["mail.activity.mixin"]
        for model in self.env.values():
            own = (model._original_module or "").startswith("backorder_atp")
            if own and not model._abstract and issubclass(type(model), mixin):
                arch = etree.fromstring(model.get_view(view_type="search")["arch"])
                self.assertLessEqual(
                    FILTERS, set(arch.xpath("//filter/@name")), model._name
                )
