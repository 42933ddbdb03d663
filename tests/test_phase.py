# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .audit_common import AuditCommon


@tagged("post_install", "-at_install")
class TestPhase(AuditCommon):
    """The phase of a company, and who may change it."""

    def test_quotation_does_not_warn_in_the_monitor_phase(self):
        """B9: a short line is marked for administrators only."""
        order = self._create_order((self.protected, 7), user_id=self.users["sales"].id)
        line = order.order_line
        for phase, seen_by_sales in (("dark", False), ("soft", True), ("hard", True)):
            self.company.promise_phase = phase
            self.assertEqual(self._as("sales", line).is_promise_short, seen_by_sales)
            self.assertEqual(self._as("sales", order).is_promise_shown, seen_by_sales)
            self.assertTrue(self._as("admin", line).is_promise_short)
            self.assertTrue(self._as("admin", order).is_promise_shown)

    def test_change_of_phase_is_logged(self):
        """B9: with user and both phases; saving the same phase again is not logged."""
        settings = self._as("admin", self.env["res.config.settings"])
        with Form(settings) as form:
            form.promise_phase = "soft"
        form.record.execute()
        event = self._get_events("company:phase_changed", user_id=self.admin)
        self.assertEqual(event.payload, {"oldPhase": "hard", "newPhase": "soft"})
        self.assertEqual((event.company_id, event.phase), (self.company, "soft"))
        settings.create({}).execute()
        self.assertEqual(
            self._get_events("company:phase_changed", user_id=self.admin), event
        )

    def test_only_administrators_change_the_phase(self):
        """B9: not even users who manage users and companies."""
        keeper = new_test_user(
            self.env,
            "backorder_keeper",
            groups="base.group_erp_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        company = self.company.with_user(keeper)
        with self.assertRaisesRegex(AccessError, "administrator"):
            company.promise_phase = "dark"
        company.backorder_retry_batch = 7
        company.promise_phase = "hard"
        with self.assertRaisesRegex(AccessError, "administrator"):
            company.create({"name": "Loose", "promise_phase": "soft"})
        for role in ("manager", "finance", "sales"):
            with self.assertRaises(AccessError):
                self._as(role, self.company).promise_phase = "dark"
        self.assertEqual(self.company.promise_phase, "hard")
