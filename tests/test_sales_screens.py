# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestSalesScreens(BackorderCommon):
    """What a salesperson finds inside Sales, and everybody on a product."""

    def _find(self, action, search_filter, role):
        """Return the orders of an action with one of its filters."""
        orders = self._as(role, self.env["sale.order"])
        arch = orders.get_view(self.env.ref(action).search_view_id.id, "search")["arch"]
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{search_filter}']")
        domain = safe_eval(node.get("domain"), {"uid": orders.env.uid})
        return orders.search(safe_eval(self.env.ref(action).domain) + domain).sudo()

    def test_status_of_an_order_is_one_badge(self):
        """B4, C1: from the approval to the allocation."""
        order = self._confirm((self.backorderable, 5))
        self.assertEqual(order.stock_status, "backordered")
        order.action_hold("to be looked at")
        self.assertEqual(order.stock_status, "on_hold")
        order.action_release_hold("looked at")
        self._receive(self.backorderable, 5)
        self._run_retries()
        self.assertEqual(order.stock_status, "allocated")
        self.company.shortage_policy = "pending"
        pending = self._create_order(
            (self.protected, 5), user_id=self.users["sales"].id
        )
        self.assertFalse(pending.stock_status)
        self._as("sales", pending).action_confirm()
        self.assertEqual(pending.stock_status, "pending")

    def test_salesperson_finds_the_own_backorders(self):
        """B4, C1: what lacks stock or an approval, of nobody else."""
        self.company.shortage_policy = "pending"
        own = {"user_id": self.users["sales"].id}
        pending = self._create_order((self.protected, 5), **own)
        self._as("sales", pending).action_confirm()
        backordered = self._confirm((self.backorderable, 5), **own)
        self._confirm((self.backorderable, 5), user_id=self.users["manager"].id)
        self._set_stock(self.backorderable, 0)
        found = self._find(
            "backorder_atp.sale_order_action_sales_backorder", "my_backorders", "sales"
        )
        self.assertEqual(found, pending | backordered)

    def test_entry_is_for_salespeople(self):
        """C10: no role sees an entry that it cannot use."""
        entry = self.env.ref("backorder_atp.menu_sale_backorder")
        for role, is_shown in (("sales", True), ("viewer", False)):
            menus = self._as(role, self.env["ir.ui.menu"])
            self.assertEqual(entry.id in menus._visible_menu_ids(), is_shown, role)
        for view, mode in entry.action.view_ids.mapped(
            lambda one: (one.view_id.id, one.view_mode)
        ):
            self._as("sales", self.env["sale.order"]).get_view(view, mode)

    def test_product_shows_what_can_be_promised(self):
        """B17: on the form that is opened by default, with its explanation."""
        self._set_stock(self.protected, 7)
        self._confirm((self.protected, 2))
        template = self._as("sales", self.protected.product_tmpl_id)
        self.assertEqual(template.promise_available_qty, 5)
        params = template.action_explain()["params"]
        self.assertEqual(params["product_id"], self.protected.id)

    def test_product_with_variants_shows_their_sum(self):
        """B17: and lists each variant with its own figure."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "Small"}),
                    Command.create({"name": "Large"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Jersey",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        small, large = template.product_variant_ids
        self._set_stock(small, 3)
        self._set_stock(large, 4)
        self.assertEqual(self._as("sales", template).promise_available_qty, 7)
        action = self._as("sales", template).action_explain()
        variants = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(variants, small + large)
        self._as("sales", variants).get_view(action["views"][0][0], "list")
