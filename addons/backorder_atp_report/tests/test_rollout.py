# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.backorder_atp.tests.audit_common import AuditCommon

ROLES = ("viewer", "operator", "manager", "finance")


@tagged("post_install", "-at_install")
class TestRollout(AuditCommon):
    # ------------------------------------------------------------------
    # The dark phase is for administrators
    # ------------------------------------------------------------------

    def _confirm_short(self, phase):
        self.company.promise_phase = phase
        return self._confirm((self._create_product(f"Short in {phase}"), 2))

    def test_dark_figures_are_for_administrators(self):
        """B9: neither the log nor the reports show them to other users."""
        order = self._confirm_short("dark")
        domains = {
            "backorder.event": [("event_type", "=", "order:would_block")],
            "backorder.oversell.report": [],
            "backorder.rollout.report": [],
        }
        for model, domain in domains.items():
            domain = [*domain, ("order_id", "=", order.id)]
            records = self.env[model]
            self.assertEqual(
                len(self._as("admin", records).search(domain)), 1, (model, "admin")
            )
            for role in ROLES:
                self.assertFalse(self._as(role, records).search(domain), (model, role))
            with self.assertRaises(AccessError):
                self._as("sales", records).search(domain)

    def test_soft_figures_are_for_viewers(self):
        """B7: figures of the soft phase are visible to all roles."""
        order = self._confirm_short("soft")
        order.override_ids.action_approve("fine")
        for model in (
            "backorder.oversell.report",
            "backorder.rollout.report",
            "backorder.override.report",
        ):
            for role in ROLES:
                rows = self._as(role, self.env[model]).search(
                    [("order_id", "=", order.id)]
                )
                self.assertEqual(len(rows), 1, (model, role))

    def test_phase_of_an_entry_does_not_change(self):
        """B9: entries of the dark phase stay hidden in the hard phase."""
        with freeze_time("2026-01-01 10:00:00"):
            order = self._confirm_short("dark")
        with freeze_time("2026-01-01 10:00:01"):
            self.company.promise_phase = "hard"
        event = self._get_last("order:would_block", order)
        self.assertEqual(event.phase, "dark")
        self.assertFalse(
            self._as("finance", self.events).search([("id", "=", event.id)])
        )
        rollout = self.env["backorder.rollout.report"].search(
            [("order_id", "=", order.id)]
        )
        self.assertEqual(rollout.phase, "dark")

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _get_settings(self):
        return self._as("admin", self.env["res.config.settings"]).create({})

    def test_figures_of_the_dark_phase(self):
        """B9: number of orders that would have been refused, and their products."""
        self.company.promise_phase = "dark"
        short = self._create_product("Often Short", list_price=10, taxes_id=False)
        for quantity in (1, 2):
            self._confirm((short, quantity))
        self._confirm((self.protected, 1))
        self._confirm((self.backorderable, 1))
        settings = self._get_settings()
        self.assertEqual(settings.rollout_confirmed_count, 4)
        self.assertEqual(settings.rollout_would_block_count, 2)
        self.assertEqual(settings.rollout_blocked_count, 0)
        self.assertEqual(settings.rollout_value, 30)
        self.assertIn("Often Short: 2 × short, by 3.00", settings.rollout_products)
        self.assertIn("2 of 4 confirmed orders (50.0%)", settings.rollout_facts)
        self.assertIn("No responsible user", settings.rollout_facts)

    def test_figures_of_the_soft_phase(self):
        """B9: number of requests and decisions."""
        self.company.promise_phase = "soft"
        self.company.backorder_responsible_id = self.users["manager"]
        approved, rejected, _waiting = [
            self._confirm((self.protected, 7)) for _number in range(3)
        ]
        approved.override_ids.action_approve("fine")
        rejected.override_ids.action_reject("no")
        settings = self._get_settings()
        self.assertEqual(settings.rollout_confirmed_count, 1)
        self.assertEqual(settings.rollout_requested_count, 3)
        self.assertEqual(settings.rollout_approved_count, 1)
        self.assertEqual(settings.rollout_rejected_count, 1)
        self.assertIn("1 of 1 confirmed orders (100.0%)", settings.rollout_facts)
        self.assertIn("1 were approved, 1 rejected", settings.rollout_facts)
        self.assertNotIn("No responsible user", settings.rollout_facts)

    def test_figures_of_the_hard_phase(self):
        """B9: refused orders count once, whatever the number of attempts."""
        order = self._create_order((self.protected, 7))
        for _time in range(2):
            self._refuse(order)
        self._confirm((self.protected, 1))
        settings = self._get_settings()
        self.assertEqual(settings.rollout_blocked_count, 1)
        self.assertEqual(settings.rollout_confirmed_count, 1)
        line = order.order_line
        self.assertAlmostEqual(settings.rollout_value, 2 * line.price_reduce_taxexcl)
        self.assertFalse(settings.rollout_facts)

    def test_older_figures_do_not_count(self):
        """B9: only the last 30 days of this company."""
        payload = {"lines": [{"productId": self.protected.id, "value": 5}]}
        self._log_on("2025-01-01", "order:blocked", payload=payload)
        other = self.env["res.company"].sudo().create({"name": "Others"})
        self.events._log("order:blocked", company=other, payload=payload)
        settings = self._get_settings()
        self.assertEqual(settings.rollout_blocked_count, 0)
        self.assertEqual(settings.rollout_value, 0)
        self.assertFalse(settings.rollout_products)
        self.company.promise_phase = "dark"
        self.assertIn("no figures yet", self._get_settings().rollout_facts)

    def test_ambiguous_warehouses_are_reported(self):
        """B9, A6: the hard phase would refuse orders with an ambiguous warehouse."""
        self.company.promise_phase = "dark"
        self._create_warehouse("Second", "SEC")
        self._set_stock(self.protected, 5)
        self._confirm((self.protected, 1))
        self.assertIn(
            "1 orders had an ambiguous warehouse", self._get_settings().rollout_facts
        )

    def test_figures_open_their_report(self):
        """B9: each figure opens the rows that it counts."""
        order = self._create_order((self.protected, 7))
        self._refuse(order)
        settings = self._get_settings()
        for method, model in (
            ("action_view_rollout", "backorder.rollout.report"),
            ("action_view_oversell", "backorder.oversell.report"),
            ("action_view_overrides", "backorder.override.report"),
        ):
            action = getattr(
                settings.with_context(search_default_refused=1, default_x=2), method
            )()
            self.assertEqual(action["res_model"], model)
            self.assertEqual(
                action["context"],
                {"search_default_recent": 1, "search_default_refused": 1},
            )
