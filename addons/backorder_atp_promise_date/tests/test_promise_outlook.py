# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_promise_date import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseOutlook(PromiseCommon):
    """The day of a short line becomes the delivery date of its order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._expect(cls.product, 5, 4)
        cls.order = cls._create_order((cls.product, 5), user_id=cls.users["sales"].id)
        cls.line = cls.order.order_line

    def _accept(self, line, day, role="sales"):
        date = fields.Date.to_string(day)
        return self._as(role, line).action_accept_promise_date(date)

    def _get_line(self):
        [line] = self._as("sales", self.order).promise_outlook["lines"]
        return line

    def test_later_day_becomes_the_delivery_date(self):
        """B3, B9: what was late is agreed on, and is not offered again."""
        before = self._get_line()
        self.assertTrue(before["is_late"])
        self.assertFalse(before["is_agreed"])
        action = self._accept(self.line, self._in(4))
        self.assertEqual(self.order.commitment_date, self._noon(4))
        self.assertEqual(action["params"]["type"], "success")
        after = self._get_line()
        self.assertEqual(after["date"], before["date"])
        self.assertFalse(after["is_late"])
        self.assertTrue(after["is_agreed"])

    def test_agreed_order_is_delivered_on_that_day(self):
        """B9: the delivery and the promise follow."""
        self._accept(self.line, self._in(4))
        self.order.action_confirm()
        self.assertEqual(self.line.promised_date, self._in(4))
        deadline = self.order.picking_ids.date_deadline
        self.assertEqual(deadline, self._noon(4))

    def test_day_is_that_of_the_company(self):
        """B9: noon at the company, wherever it is."""
        for zone in ("Pacific/Auckland", "America/Los_Angeles"):
            self.company.resource_calendar_id.tz = zone
            self.order.commitment_date = False
            self.env.invalidate_all()
            day = self.line.expected_promise_date
            self._accept(self.line, day)
            agreed = self.env["stock.availability"]._to_day(
                self.order.commitment_date, self.company
            )
            self.assertEqual(agreed, day)

    def test_day_that_was_requested_is_not_late(self):
        """B9: nothing is to be agreed on if the customer wants it later anyway."""
        self.order.commitment_date = self._noon(6)
        self.assertFalse(self._get_line()["is_late"])

    def test_line_without_supply_has_no_day_to_agree_on(self):
        """B9: neither stock, nor a receipt, nor a vendor."""
        with Form(self._as("sales", self.order)) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 6
            [shown] = form.promise_outlook["lines"]
        self.assertEqual((shown["date"], shown["is_late"]), (False, False))
        with self.assertRaisesRegex(UserError, "has changed"):
            self._accept(self.line, False)

    def test_day_that_has_changed_is_refused(self):
        """B9: others may have ordered what was shown."""
        self._confirm((self.product, 3))
        self._expect(self.product, 3, 9)
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "has changed"):
            self._accept(self.line, self._in(4))
        self.assertFalse(self.order.commitment_date)
        self._accept(self.line, self._in(9))
        self.assertEqual(self.order.commitment_date, self._noon(9))

    def test_confirmed_order_keeps_its_date(self):
        """B9: it is changed on the order, which rechecks the promise."""
        self.order.action_confirm()
        with self.assertRaisesRegex(UserError, "is confirmed"):
            self._accept(self.line, self._in(4))

    def test_only_those_who_may_change_the_order_agree(self):
        """B5: roles that only read orders do not."""
        for role in ("viewer", "finance"):
            with self.subTest(role), self.assertRaises(AccessError):
                self._accept(self.line, self._in(4), role=role)
        self.assertFalse(self.order.commitment_date)
