# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import BackorderCommon

OWN_MODELS = (
    "stock.policy",
    "backorder.retry",
    "backorder.event",
    "backorder.override",
    "backorder.override.line",
    "backorder.unmatched.line",
    "backorder.product",
    "stock.discrepancy",
)


@tagged("post_install", "-at_install")
class TestRoles(BackorderCommon):
    def test_ladder(self):
        """B5, C10: each role includes the one below; administrators have all."""
        admin = new_test_user(self.env, "backorder_admin", groups="base.group_system")
        ladder = [
            self.users[role] for role in ("viewer", "operator", "manager", "finance")
        ]
        groups = (
            "group_backorder_viewer",
            "group_backorder_operator",
            "group_inventory_manager",
            "group_finance_manager",
        )
        for rank, user in enumerate([*ladder, admin]):
            for needed, group in enumerate(groups):
                self.assertEqual(
                    user.has_group(f"backorder_atp.{group}"),
                    needed <= rank,
                    (user.login, group),
                )
        self.assertFalse(
            self.users["sales"].has_group("backorder_atp.group_backorder_viewer")
        )

    def test_every_role_opens_an_order(self):
        """B5: wherever no view is named, as from a receipt or by its address."""
        order = self._confirm((self.backorderable, 5))
        for role in self.users:
            with self.subTest(role=role):
                opened = self._as(role, order)
                views = opened.get_views([(False, "form")])["views"]
                form = etree.fromstring(views["form"]["arch"])
                self._read_fields(opened, form, "//field[not(ancestor::field)]")
                self._read_fields(
                    opened.order_line, form, "//field[@name='order_line']/list/field"
                )

    def _read_fields(self, records, form, path):
        records.invalidate_recordset()
        records.web_read({name: {} for name in form.xpath(f"{path}/@name")})

    def test_roles_are_chosen_in_one_field(self):
        """C10: the four roles belong to one privilege."""
        privilege = self.env.ref("backorder_atp.res_groups_privilege_backorder")
        self.assertEqual(
            privilege.group_ids.sorted("sequence").mapped("name"),
            ["Viewer", "Operator", "Inventory Manager", "Finance Manager"],
        )

    def test_access_rights(self):
        """B5, C10: the access rights on every model."""
        rights = {
            "stock.policy": {"viewer": "read", "operator": "read", "manager": "unlink"},
            "backorder.retry": {
                "viewer": "read",
                "operator": "read",
                "finance": "read",
            },
            "backorder.event": {"viewer": "read", "manager": "read", "finance": "read"},
            "backorder.override": {
                "viewer": "read",
                "sales": "read",
                "finance": "read",
            },
            "backorder.unmatched.line": {
                "viewer": "read",
                "operator": "unlink",
                "sales": "unlink",
            },
        }
        for model, roles in rights.items():
            for role, highest in roles.items():
                records = self._as(role, self.env[model])
                self.assertTrue(records.has_access("read"), (model, role))
                for operation in ("write", "create", "unlink"):
                    self.assertEqual(
                        records.has_access(operation),
                        highest == "unlink",
                        (model, role, operation),
                    )

    def test_every_model_separates_companies(self):
        """C10: records of another company are invisible in every model."""
        for order_company in (self.company,):
            self.company.shortage_policy = "pending"
            self._confirm((self.backorderable, 1))
            self._confirm((self.protected, 1), company_id=order_company.id)
            self._confirm(unmatched_line_ids=[Command.create({"reference": "X"})])
        self.env["stock.policy"].create(
            {"product_id": self.protected.id, "warehouse_id": self.warehouse.id}
        )
        self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 2,
            }
        )
        self.env.cr.flush()
        other = self.env["res.company"].sudo().create({"name": "Others"})
        stranger = new_test_user(
            self.env,
            "backorder_stranger",
            groups="base.group_system,sales_team.group_sale_manager,stock.group_stock_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in OWN_MODELS:
            with self.subTest(model=model):
                domain = [("company_id", "=", self.company.id)]
                own = self.env[model].sudo().search(domain, limit=1)
                self.assertTrue(own)
                seen = (
                    self.env[model]
                    .with_user(stranger)
                    .with_context(allowed_company_ids=other.ids)
                )
                self.assertFalse(seen.search(domain))
                self.assertFalse(self._read(seen.browse(own.id)))

    def _read(self, record):
        """Return the readable values of ``record``; a view may have no row for it."""
        try:
            return record.read(["id", "company_id"])
        except AccessError:
            return []

    def test_salesperson_sees_state_and_availability(self):
        """C10: salespeople see the state of their orders, but cannot retry them."""
        order = self._confirm((self.backorderable, 2), user_id=self.users["sales"].id)
        own = self._as("sales", order)
        self.assertEqual(own.backorder_state, "backordered")
        self.assertEqual(own.order_line.backorder_qty, 2)
        with self.assertRaises(AccessError):
            own.action_fulfil()
        with self.assertRaises(AccessError):
            own.action_hold("no")
