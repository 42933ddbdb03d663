# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestServed(BackorderCommon):
    """Which backordered orders a receipt will serve."""

    def _get_rows(self, receipt):
        self.env.invalidate_all()
        return [
            (self.env["sale.order"].browse(row["order_id"]), row["quantity"])
            for row in receipt.backordered_orders or []
        ]

    def test_receipt_serves_in_the_order_of_the_queue(self):
        """C2: first the urgent order, then the older one, as far as it reaches."""
        first = self._confirm((self.backorderable, 5))
        second = self._confirm((self.backorderable, 5))
        urgent = self._confirm((self.backorderable, 4), backorder_priority="urgent")
        receipt = self._create_receipt(self.backorderable, 7)
        self.assertEqual(receipt.backordered_order_ids, urgent + first)
        self.assertEqual(receipt.backordered_order_count, 2)
        self.assertEqual(self._get_rows(receipt), [(urgent, 4), (first, 3)])
        later = self._create_receipt(
            self.backorderable, 10, scheduled_date=self._in_days(9)
        )
        self.assertEqual(self._get_rows(later), [(first, 2), (second, 5)])

    def _in_days(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def test_stock_comes_before_receipts(self):
        """C2: what is in stock serves the first; the receipt the rest."""
        self._set_stock(self.backorderable, 3)
        order = self._confirm((self.backorderable, 5))
        receipt = self._create_receipt(self.backorderable, 7)
        self.assertEqual(self._get_rows(receipt), [(order, 2)])

    def test_receipt_that_is_not_needed_serves_none(self):
        """C2: neither an order on hold, nor of another product or warehouse."""
        order = self._confirm((self.backorderable, 5))
        north = self._create_warehouse("North", "NO")
        elsewhere = self._create_receipt(self.backorderable, 7, north.lot_stock_id)
        other = self._create_receipt(self.protected, 7)
        self.assertFalse((elsewhere + other).backordered_order_ids)
        receipt = self._create_receipt(self.backorderable, 7)
        self.assertEqual(receipt.backordered_order_ids, order)
        order.action_hold("to be looked at")
        self.assertEqual(self._get_rows(receipt), [])

    def test_many_receipts_in_one_statement(self):
        """C2: a list of receipts costs as much as one of them."""
        for _number in range(3):
            self._confirm((self.backorderable, 5))
        receipts = self.env["stock.picking"]
        for _number in range(4):
            receipts += self._create_receipt(self.backorderable, 4)
        counts = []
        for some in (receipts.browse(receipts[0].id), receipts):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("backordered_order_ids")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_receipts_are_found_by_what_they_serve(self):
        """C2: as a filter of the transfers, either way."""
        order = self._confirm((self.backorderable, 5))
        receipt = self._create_receipt(self.backorderable, 5)
        other = self._create_receipt(
            self.backorderable, 5, scheduled_date=self._in_days(3)
        )
        own = [("id", "in", (receipt + other).ids)]

        def search(operator, value):
            condition = ("backordered_order_ids", operator, value)
            return self.env["stock.picking"].search([*own, condition])

        self.assertEqual(search("!=", False), receipt)
        self.assertEqual(search("=", False), other)
        self.assertEqual(search("in", order.ids), receipt)

    def test_validated_receipt_names_who_got_the_stock(self):
        """C2: what each order got, and only of this receipt."""
        first = self._confirm((self.backorderable, 5))
        second = self._confirm((self.backorderable, 5))
        receipt = self._receive(self.backorderable, 3)
        self._run_retries()
        other = self._receive(self.backorderable, 4)
        self._run_retries()
        self.env.invalidate_all()
        self.assertEqual(receipt.allocated_order_ids, first)
        self.assertEqual(other.allocated_order_ids, first + second)
        self.assertEqual([row["quantity"] for row in other.allocated_orders], [2, 2])
        self.assertFalse(other.backordered_orders)
        action = self._as("operator", other).action_view_backordered_orders()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, first + second)

    def test_orders_of_others_are_not_named(self):
        """B5: the user sees for what the goods are needed, not for which order."""
        self._confirm((self.backorderable, 5))
        receipt = self._create_receipt(self.backorderable, 5)
        seller = new_test_user(
            self.env,
            "receipt_own_orders_only",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        receipt = receipt.with_user(seller)
        self.assertFalse(receipt.backordered_order_ids)
        [row] = receipt.backordered_orders
        self.assertEqual((row["order_id"], row["quantity"]), (False, 5))
        self.assertNotIn("customer", row)

    def test_receipts_tell_portal_users_nothing(self):
        """B5: a customer who returns goods does not see the backorders of others."""
        portal = new_test_user(self.env, "receipt_portal", groups="base.group_portal")
        receipt = self._create_receipt(self.backorderable, 5).with_user(portal)
        for name in ("backordered_orders", "allocated_orders"):
            self.assertNotIn(name, receipt.fields_get())
        with self.assertRaises(AccessError):
            receipt.action_view_backordered_orders()
