# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestOverview(BackorderCommon):
    def _get_overview(self, role="manager"):
        return self._as(role, self.env["backorder.overview"]).get_overview()

    def _get_section(self, key, role="manager"):
        sections = self._get_overview(role)["sections"]
        return next((one for one in sections if one["key"] == key), None)

    def _get_figure(self, key):
        figures = self._get_overview()["figures"]
        return next(one for one in figures if one["key"] == key)

    def test_nothing_needs_attention(self):
        """C5: sections without records are left out."""
        self.assertFalse(self._get_section("approvals"))
        self.assertFalse(self._get_section("discrepancies"))
        self.assertFalse(self._get_section("holds"))

    def test_request_has_a_button(self):
        """B4, C5: an approver can decide from the overview, a viewer cannot."""
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 5), user_id=self.users["sales"].id)
        self._as("sales", order).action_confirm()
        section = self._get_section("approvals")
        self.assertEqual(section["count"], 1)
        [line] = section["lines"]
        self.assertIn(order.name, line["title"])
        self.assertIn(self.protected.name, line["detail"])
        request = self._as("manager", self.env[line["model"]]).browse(line["id"])
        self.assertEqual(
            getattr(request, line["method"])()["res_model"], "backorder.decision"
        )
        [seen] = self._get_section("approvals", "viewer")["lines"]
        self.assertFalse(seen["button"])

    def test_new_discrepancy_is_listed(self):
        """B2, C5: until its review has started."""
        found = self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 5,
                "counted_qty": 3,
            }
        )
        [line] = self._get_section("discrepancies")["lines"]
        self.assertIn(found.name, line["title"])
        self.assertEqual(line["method"], "action_open_decision")

    def test_order_is_listed_before_it_is_put_on_hold(self):
        """C4, C5: two days before, not earlier, and not in the monitor phase."""
        self.company.backorder_escalation_days = 10
        order = self._confirm((self.backorderable, 5))
        self._set_backordered_since(order, 7)
        self.assertFalse(self._get_section("holds"))
        self._set_backordered_since(order, 9)
        section = self._get_section("holds")
        self.assertEqual([line["id"] for line in section["lines"]], order.ids)
        listed = self.env["sale.order"].search(section["domain"])
        self.assertEqual(listed, order)
        self.company.promise_phase = "dark"
        self.assertFalse(self._get_section("holds"))

    def _set_backordered_since(self, order, days):
        order.backordered_since = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()

    def test_unallocated_stock_is_listed(self):
        """C2, C5: once it is older than the company's limit."""
        self._confirm((self.backorderable, 5))
        self.assertFalse(self._get_section("retries"))
        retries = self.env["backorder.retry"].search([])
        retries.since = fields.Datetime.now() - timedelta(days=1)
        section = self._get_section("retries")
        self.assertEqual(section["count"], len(retries))

    def test_late_receipt_names_the_orders_that_need_it(self):
        """C5: only late receipts of products that an order is short of."""
        order = self._confirm((self.backorderable, 5))
        tomorrow = {"scheduled_date": fields.Datetime.now() + timedelta(days=1)}
        late = self._create_receipt(self.backorderable, 5, **tomorrow)
        other = self._create_receipt(self.protected, 5, **tomorrow)
        self.assertFalse(self._get_section("receipts"))
        (late + other).scheduled_date = fields.Datetime.now() - timedelta(days=2)
        self.env.flush_all()
        [line] = self._get_section("receipts")["lines"]
        self.assertEqual(line["id"], late.id)
        self.assertIn(order.name, line["detail"])

    def test_late_receipt_opens_its_orders_without_access_to_inventory(self):
        """C5: no line and no list leads to an error."""
        order = self._confirm((self.backorderable, 5))
        self._create_receipt(
            self.backorderable,
            5,
            scheduled_date=fields.Datetime.now() - timedelta(days=2),
        )
        section = self._get_section("receipts", role="viewer")
        self.assertEqual(self.env["sale.order"].search(section["domain"]), order)
        [line] = section["lines"]
        receipt = self.env[line["model"]].browse(line["id"])
        action = getattr(self._as("viewer", receipt), line["open"])()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), order)
        self.users["viewer"].group_ids += self.env.ref("stock.group_stock_user")
        [line] = self._get_section("receipts", role="viewer")["lines"]
        self.assertFalse(line["open"])

    def test_sections_name_the_first_and_count_all(self):
        """C5: the whole list is one click away."""
        self.company.backorder_escalation_days = 10
        orders = self.env["sale.order"]
        for _number in range(7):
            orders += self._confirm((self.backorderable, 1))
        for order in orders:
            self._set_backordered_since(order, 9)
        section = self._get_section("holds")
        self.assertEqual((section["count"], len(section["lines"])), (7, 5))

    def test_other_companies_appear_once_they_are_switched_on(self):
        """C5: the user may work in both; the overview keeps to the ones switched on."""
        other = self.env["res.company"].create({"name": "Other"})
        self.users["manager"].company_ids += other
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        overview = self._as("manager", self.env["backorder.overview"])
        both = overview.with_context(allowed_company_ids=(self.company + other).ids)
        for place in (self.warehouse, warehouse):
            self.env["stock.discrepancy"].create(
                {
                    "product_id": self.protected.id,
                    "warehouse_id": place.id,
                    "expected_qty": 5,
                    "counted_qty": 3,
                }
            )
        counts = [
            {one["key"]: one["count"] for one in seen.get_overview()["sections"]}
            for seen in (overview, both)
        ]
        self.assertEqual([one["discrepancies"] for one in counts], [1, 2])

    def test_figures_count_as_their_lists(self):
        """C5, C11: each figure is the count of the list that it opens."""
        self._confirm((self.backorderable, 5))
        held = self._confirm((self.backorderable, 2))
        held.action_hold("to be looked at")
        for figure in self._get_overview()["figures"]:
            action = self.env["ir.actions.act_window"]._for_xml_id(figure["action"])
            view = self.env[action["res_model"]].get_view(
                action["search_view_id"] and action["search_view_id"][0], "search"
            )
            self.assertIn(f'name="{figure["filter"]}"', view["arch"])
        self.assertEqual(self._get_figure("backordered")["value"], 1)
        self.assertEqual(self._get_figure("on_hold")["value"], 1)

    def test_last_week_stands_beside_this_week(self):
        """C11: the backorders filled this week and last week."""
        before = self._get_figure("filled")
        self._confirm((self.backorderable, 5))
        self._force_stock(self.backorderable, 5)
        self._run_retries()
        after = self._get_figure("filled")
        self.assertEqual(after["value"], before["value"] + 1)
        self.assertEqual(after["previous"], before["previous"])

    def test_only_viewers_see_the_overview(self):
        """B5: a user without the role is refused, with the name of the role."""
        with self.assertRaisesRegex(AccessError, "Viewer"):
            self._get_overview("sales")
