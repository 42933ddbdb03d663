# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.tests import tagged

from .common import OpportunityCommon

VIEWS = ("list", "pivot", "graph", "search")


@tagged("post_install", "-at_install")
class TestAllocationReport(OpportunityCommon):
    """Users with the menu *Reserved for Opportunities* can use its list (E4, B5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["crm.lead.allocation.report"]
        cls.menu = cls.env.ref("backorder_atp_crm.menu_backorder_opportunities")
        for user in cls.users.values():
            user.group_ids |= cls.env.ref("base.group_allow_export")

    def setUp(self):
        super().setUp()
        self._allocate()
        self.env.flush_all()

    def _get_roles(self):
        """Return users of each role of this addon and the root."""
        roles = [
            role
            for role in self.users
            if self.menu.id in self._as(role, self.menu)._visible_menu_ids()
        ]
        self.assertLessEqual({"viewer", "operator", "manager", "finance"}, {*roles})
        return roles

    def _get_report(self, role):
        self.env.invalidate_all()
        return self._as(role, self.report).search([])

    def _read(self, records, arch):
        """Read what a view with this ``arch`` shows, as the web client does."""
        names = etree.fromstring(arch).xpath("//field[not(ancestor::field)]/@name")
        fields = records.fields_get(names)
        return records.web_read(
            {
                name: {"fields": {"display_name": {}}} if "relation" in field else {}
                for name, field in fields.items()
            }
        )

    def test_list_opens_for_each_role_with_the_menu(self):
        """E4: it also names the opportunity to users who cannot open it."""
        for role in self._get_roles():
            with self.subTest(role=role):
                row = self._get_report(role)
                views = row.get_views([(False, view) for view in VIEWS])["views"]
                [values] = self._read(row, views["list"]["arch"])
                self.assertEqual(values["lead_name"], "Big Deal")
                self.assertEqual(row.display_name, "Big Deal")

    def test_list_can_be_grouped_sorted_and_exported_by_each_role(self):
        """E4: by everything that the list lets one choose."""
        for role in self._get_roles():
            row = self._get_report(role)
            for name, field in row.fields_get().items():
                with self.subTest(role=role, field=name):
                    if field.get("groupable"):
                        is_date = field["type"] in ("date", "datetime")
                        row.web_read_group([], [f"{name}:day" if is_date else name])
                    if field.get("sortable"):
                        row.search([], order=name)
                    # Odoo exports the external id of no report
                    if field.get("exportable", True) and name != "id":
                        row.export_data([name])

    def test_row_opens_for_each_role(self):
        """E4: the opportunity, or the soft reservation without access to it."""
        for role in self._get_roles():
            with self.subTest(role=role):
                row = self._get_report(role)
                action = row.action_view_opportunity()
                record = row.env[action["res_model"]].browse(action["res_id"])
                view = record.get_views([(False, "form")])["views"]["form"]
                self.assertTrue(self._read(record, view["arch"]))

    def test_figures_for_each_role(self):
        """E4: opportunities are also counted for users who cannot read them."""
        for role in self._get_roles():
            with self.subTest(role=role):
                figures = self._as(role, self.env["crm.lead"]).get_allocation_report()
                self.assertEqual(figures["totalOpportunities"], 1)
