# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_split import SplitCommon


@tagged("post_install", "-at_install")
class TestSplitPromise(SplitCommon):
    def test_promised_date_is_kept(self):
        """C7: the split line keeps the promised dates."""
        self._create_receipt(
            self.backorderable,
            10,
            date_deadline="2031-05-06",
            scheduled_date="2031-05-06",
        )
        order = self._confirm_backordered()
        line = order.order_line[1]
        self.assertTrue(line.promised_date)
        part = self._split(order).order_line
        for name in ("first_promise_date", "promised_date", "promise_notified_date"):
            self.assertEqual(part[name], line[name], name)
