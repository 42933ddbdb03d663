# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_permissions import ReadingCommon


@tagged("post_install", "-at_install")
class TestGoodwillReading(ReadingCommon):
    """The dialog follows access rights."""

    def test_dialog_about_a_line_of_another_company(self):
        """C10: a dialog shows only records that its user can read."""
        line = self._create_foreign_order().order_line
        lines = self.env["backorder.goodwill.line"].with_user(self.users["sales"])
        with self.assertRaises(AccessError):
            lines.create({"line_id": line.id})
        with self.assertRaises(AccessError):
            lines.with_context(default_line_id=line.id).create({})
        with self.assertRaises(AccessError):
            lines.onchange({"line_id": line.id}, ["line_id"], {"price_unit": {}})
        with self.assertRaises(AccessError):
            lines.with_context(default_line_id=line.id).onchange(
                {}, [], {"line_id": {}, "price_unit": {}}
            )
        mine = lines.create({"line_id": self.order.order_line.id})
        with self.assertRaises(AccessError):
            mine.line_id = line
