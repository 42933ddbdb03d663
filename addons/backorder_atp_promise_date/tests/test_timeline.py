# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_promise_date import PromiseCommon


@tagged("post_install", "-at_install")
class TestTimeline(PromiseCommon):
    """An order's lines on a time line: ordered, allocated, promised, delivered."""

    def _get_points(self, order, role="manager"):
        [line] = self._as(role, order).get_timeline()["lines"]
        return {point["kind"]: point for point in line["points"]}

    def _confirm_short(self):
        """Confirm 5 pieces of which 2 are in stock, with a receipt for the rest."""
        self._set_stock(self.backorderable, 2)
        receipt = self._create_receipt(self.backorderable, 10)
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=6)
        order = self._confirm((self.backorderable, 5))
        self.env.flush_all()
        return order, receipt

    def test_short_line_names_the_receipt_that_covers_it(self):
        """B9: what is allocated, what is promised, and from which receipt."""
        order, receipt = self._confirm_short()
        points = self._get_points(order)
        self.assertEqual(points["allocated"]["quantity"], 2)
        self.assertEqual(points["receipt"]["quantity"], 3)
        self.assertEqual(
            (points["receipt"]["model"], points["receipt"]["id"]),
            ("stock.picking", receipt.id),
        )
        self.assertEqual(
            points["promised"]["day"], fields.Date.to_string(order.promised_date)
        )

    def test_delivery_is_on_the_time_line(self):
        """B9: what has left, by which delivery."""
        self._set_stock(self.backorderable, 5)
        order = self._confirm((self.backorderable, 5))
        picking = order.picking_ids
        self._validate(picking)
        points = self._get_points(order)
        self.assertEqual(points["delivered"]["quantity"], 5)
        self.assertEqual(points["delivered"]["name"], picking.name)
        self.assertNotIn("receipt", points)

    def test_quotation_names_the_receipt_it_counts_on(self):
        """B9: before the confirmation, what it would take."""
        self._create_receipt(self.backorderable, 10)
        order = self._create_order((self.backorderable, 5))
        self.assertEqual(self._get_points(order)["receipt"]["quantity"], 5)

    def test_documents_are_opened_by_those_who_may_read_them(self):
        """A7: others see the name of the receipt and no link."""
        order, receipt = self._confirm_short()
        self.env["ir.rule"].create(
            {
                "name": "no receipts",
                "model_id": self.env["ir.model"]._get_id("stock.picking"),
                "groups": [(4, self.env.ref("sales_team.group_sale_salesman").id)],
                "domain_force": [(0, "=", 1)],
            }
        )
        order.user_id = self.users["sales"]
        point = self._get_points(order, "sales")["receipt"]
        self.assertFalse(point["id"])
        self.assertEqual(point["name"], receipt.name)

    def test_external_users_see_no_receipts(self):
        """A7: customers have a page of their own."""
        order, _receipt = self._confirm_short()
        portal = new_test_user(
            self.env,
            "timeline_portal",
            groups="base.group_portal",
            partner_id=self.customer.id,
        )
        with self.assertRaises(AccessError):
            order.with_user(portal).get_timeline()
