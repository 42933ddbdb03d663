# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_escalation import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationReport(EscalationCommon):
    def test_automatic_holds_are_counted_separately(self):
        """C4, C11: a quarter counts the orders that were on backorder for too long."""
        stale, held = self._confirm_aged(31), self._confirm_aged(2)
        self._escalate()
        held.action_hold("the customer asked")
        self.assertEqual((stale.hold_kind, held.hold_kind), ("rule", "hand"))
        now = fields.Datetime.now()
        figures = self.env["backorder.period"]._get_figures(
            self.company, now - timedelta(days=1), now + timedelta(days=1)
        )
        self.assertEqual((figures["held_count"], figures["stale_count"]), (2, 1))
        held.action_release_hold("they want it now")
        self.assertFalse(held.hold_kind)
