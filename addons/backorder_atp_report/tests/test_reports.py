# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from collections import Counter, defaultdict
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.backorder_atp.tests.audit_common import AuditCommon


@tagged("post_install", "-at_install")
class TestReports(AuditCommon):
    """Reports of a generated month, compared with a recount in Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dice = random.Random(19)
        cls.start = fields.Datetime.to_datetime("2025-06-02 08:00:00")
        cls.products = [
            cls._create_product(f"Report {number}", list_price=10 * (number + 1))
            for number in range(4)
        ]
        cls.history = [cls._make_attempt(number) for number in range(60)]

    @classmethod
    def _make_attempt(cls, number):
        """Log an attempt, perhaps with a decision; return its figures."""
        dice = cls.dice
        event_type = dice.choice(
            ["order:would_block", "order:blocked", "order:approval_requested"]
        )
        order = cls._create_order((cls.protected, 1))
        lines = [cls._make_line(dice) for _line in range(dice.randint(1, 3))]
        date = cls.start + timedelta(hours=dice.randint(0, 600))
        user = cls.users[dice.choice(["sales", "manager"])]
        event = cls.events.with_user(user)._prepare_event(
            event_type, order=order, payload={"lines": lines}
        )
        event = cls.events.sudo().create(
            {**event, "date": date, "phase": dice.choice(["dark", "soft", "hard"])}
        )
        return {
            "event": event,
            "order": order,
            "user": user,
            "lines": lines,
            "decision": cls._make_decision(dice, event, order, lines),
        }

    @classmethod
    def _make_line(cls, dice):
        product = dice.choice(cls.products)
        required, shortfall = dice.randint(5, 9), dice.randint(1, 5)
        return {
            "productId": product.id,
            "product": product.display_name,
            "warehouseId": cls.warehouse.id,
            "required": required,
            "available": required - shortfall,
            "shortfall": shortfall,
            "value": shortfall * product.list_price,
            "discrepancies": dice.choice([[], ["DSC/1"]]),
        }

    @classmethod
    def _make_decision(cls, dice, event, order, lines):
        if event.event_type != "order:approval_requested":
            return None
        hours = dice.randint(1, 48)
        values = cls.events.with_user(cls.users["finance"])._prepare_event(
            dice.choice(
                ["order:approved", "order:rejected", "order:override_withdrawn"]
            ),
            order=order,
            payload={"lines": lines},
        )
        date = event.date + timedelta(hours=hours)
        return cls.events.sudo().create({**values, "date": date}), hours

    def _group(self, model, field, *aggregates):
        """Return ``{value of field: figures}`` like the pivot."""
        groups = self.env[model]._read_group(
            [("date", ">=", self.start), ("date", "<", "2025-08-01")],
            [field],
            list(aggregates),
        )
        return {key: tuple(figures) for key, *figures in groups}

    def _each_line(self):
        return [(entry, line) for entry in self.history for line in entry["lines"]]

    # ------------------------------------------------------------------
    # Oversell attempts
    # ------------------------------------------------------------------

    def test_oversell_by_product(self):
        """B7: attempts, quantity short and value at risk, by product."""
        expected = defaultdict(lambda: [set(), 0, 0])
        for entry, line in self._each_line():
            figures = expected[line["productId"]]
            figures[0].add(entry["event"].id)
            figures[1] += line["shortfall"]
            figures[2] += line["value"]
        found = self._group(
            "backorder.oversell.report",
            "product_id",
            "event_id:count_distinct",
            "shortage_qty:sum",
            "value:sum",
        )
        self.assertEqual(
            {product.id: figures for product, figures in found.items()},
            {
                key: (len(events), quantity, value)
                for key, (events, quantity, value) in expected.items()
            },
        )

    def test_oversell_by_user_and_kind(self):
        """B7: by user and by outcome."""
        attempts = "event_id:count_distinct"
        self.assertEqual(
            self._group("backorder.oversell.report", "user_id", attempts),
            {
                user: (count,)
                for user, count in Counter(
                    entry["user"] for entry in self.history
                ).items()
            },
        )
        self.assertEqual(
            self._group("backorder.oversell.report", "event_type", attempts),
            {
                event_type: (count,)
                for event_type, count in Counter(
                    entry["event"].event_type for entry in self.history
                ).items()
            },
        )

    def test_oversell_by_customer_team_warehouse_and_month(self):
        """B7: every grouping has the same total."""
        total = sum(line["shortfall"] for _entry, line in self._each_line())
        for field in (
            "partner_id",
            "team_id",
            "salesman_id",
            "warehouse_id",
            "categ_id",
            "date:month",
            "phase",
        ):
            found = self._group("backorder.oversell.report", field, "shortage_qty:sum")
            self.assertEqual(sum(figures[0] for figures in found.values()), total)

    def test_attempt_with_deleted_order_and_product(self):
        """B7: attempts still count, with the stored names."""
        entry = self.history[0]
        name = entry["order"].name
        entry["order"].unlink()
        rows = self.env["backorder.oversell.report"].search(
            [("event_id", "=", entry["event"].id)]
        )
        self.assertEqual(len(rows), len(entry["lines"]))
        self.assertFalse(rows.order_id)
        self.assertEqual(set(rows.mapped("order_name")), {name})
        self.assertEqual(rows[0].action_view_order()["res_model"], "backorder.event")
        other = self.history[1]["event"]
        row = self.env["backorder.oversell.report"].search(
            [("event_id", "=", other.id)], limit=1
        )
        self.assertEqual(row.action_view_order()["res_model"], "sale.order")

    # ------------------------------------------------------------------
    # Overrides
    # ------------------------------------------------------------------

    def _each_decision(self):
        return [entry for entry in self.history if entry["decision"]]

    def test_overrides_by_decision_and_requester(self):
        """B7: number, quantity, hours to decision, and requester."""
        decided = self._each_decision()
        self.assertGreater(len(decided), 10)
        self.assertEqual(
            self._group(
                "backorder.override.report", "event_type", "event_id:count_distinct"
            ),
            {
                event_type: (count,)
                for event_type, count in Counter(
                    entry["decision"][0].event_type for entry in decided
                ).items()
            },
        )
        expected = defaultdict(lambda: [0, 0, []])
        for entry in decided:
            for line in entry["lines"]:
                figures = expected[entry["user"]]
                figures[0] += line["shortfall"]
                figures[1] += line["value"]
                figures[2].append(entry["decision"][1])
        found = self._group(
            "backorder.override.report",
            "requester_id",
            "shortage_qty:sum",
            "value:sum",
            "hours:avg",
        )
        self.assertEqual(found.keys(), expected.keys())
        for user, (quantity, value, hours) in expected.items():
            self.assertEqual(found[user][:2], (quantity, value))
            self.assertAlmostEqual(found[user][2], sum(hours) / len(hours))

    def test_overrides_with_an_open_discrepancy(self):
        """B7: the filter finds the approvals given with an open discrepancy."""
        expected = Counter(
            entry["order"].id
            for entry in self._each_decision()
            for line in entry["lines"]
            if entry["decision"][0].event_type == "order:approved"
            and line["discrepancies"]
        )
        rows = self.env["backorder.override.report"].search(
            [("event_type", "=", "order:approved"), ("has_discrepancy", "=", True)]
        )
        self.assertEqual(Counter(row.order_id.id for row in rows), expected)

    def test_discrepancy_that_opens_after_the_request(self):
        """B7, B2: discrepancies count at the decision, not at the request."""
        self.company.shortage_policy = "pending"
        order = self._confirm((self.protected, 7), user_id=self.users["sales"].id)
        doubt = self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 5,
                "counted_qty": 2,
                "severity": "critical",
            }
        )
        request = self._as("finance", order.override_ids)
        request.action_approve("seen", acknowledged=doubt.mapped("name"))
        row = self.env["backorder.override.report"].search(
            [("order_id", "=", order.id), ("has_discrepancy", "=", True)]
        )
        self.assertEqual(row.event_type, "order:approved")

    def test_confirmed_with_a_monitored_discrepancy(self):
        """B7, B2: counted although no approval was needed."""
        self.company.discrepancy_lock_critical = "monitor"
        self._set_stock(self.protected, 5)
        self.env["stock.discrepancy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "expected_qty": 5,
                "counted_qty": 4,
                "severity": "critical",
            }
        )
        order = self._confirm((self.protected, 1))
        row = self.env["backorder.override.report"].search(
            [("order_id", "=", order.id), ("has_discrepancy", "=", True)]
        )
        self.assertEqual(row.event_type, "order:discrepancy_warning")
        self.assertEqual(row.product_id, self.protected)
        self.assertEqual(row.user_id, self.env.user)

    def test_override_of_a_real_order(self):
        """B7: a request that another user decides some hours later."""
        self.company.shortage_policy = "pending"
        order = self._create_order((self.protected, 9), user_id=self.users["sales"].id)
        with freeze_time("2025-09-01 08:00:00"):
            self._as("sales", order).action_confirm()
        with freeze_time("2025-09-01 11:30:00"):
            self._as("manager", order.override_ids).action_approve("fine")
        row = self.env["backorder.override.report"].search(
            [("order_id", "=", order.id)]
        )
        self.assertEqual(row.user_id, self.users["manager"])
        self.assertEqual(row.requester_id, self.users["sales"])
        self.assertEqual(row.product_id, self.protected)
        self.assertEqual((row.shortage_qty, row.hours), (4, 3.5))
        self.assertFalse(row.has_discrepancy)
        self.assertEqual(row.action_view_order()["res_id"], order.id)

    # ------------------------------------------------------------------
    # Orders enforce would have refused
    # ------------------------------------------------------------------

    def test_rollout_counts_confirmed_orders(self):
        """B7, B9: all confirmed orders, and those the hard phase would have refused."""
        days, amounts = defaultdict(list), defaultdict(float)
        self.company.promise_phase = "dark"
        self._set_stock(self.protected, 0)
        for number in range(12):
            is_short = self.dice.random() < 0.5
            product = self.protected if is_short else self.backorderable
            with freeze_time(f"2026-01-{number % 4 + 1:02} 10:00:00"):
                order = self._confirm((product, 2))
            days[number % 4 + 1].append(is_short)
            amounts[is_short] += order.amount_untaxed
        groups = self.env["backorder.rollout.report"]._read_group(
            [("date", ">=", "2026-01-01"), ("date", "<", "2026-02-01")],
            ["date:day"],
            ["order_id:count_distinct", "beyond_count:sum", "beyond_share:avg"],
        )
        self.assertEqual(
            {day.day: tuple(figures) for day, *figures in groups},
            {
                day: (len(flags), sum(flags), 100 * sum(flags) / len(flags))
                for day, flags in days.items()
            },
        )
        [[amount, beyond]] = self.env["backorder.rollout.report"]._read_group(
            [("date", ">=", "2026-01-01"), ("date", "<", "2026-02-01")],
            aggregates=["amount:sum", "beyond_amount:sum"],
        )
        self.assertAlmostEqual(amount, sum(amounts.values()))
        self.assertAlmostEqual(beyond, amounts[True])

    def test_rollout_follows_decisions_and_phases(self):
        """B9: approved orders count as beyond stock; the hard phase does not count."""
        self.company.promise_phase = "soft"
        approved = self._confirm((self.protected, 7))
        approved.override_ids.action_approve("fine")
        approved._action_cancel()
        fits = self._confirm((self.protected, 5))
        pending = self._confirm((self.protected, 7))
        self.company.promise_phase = "dark"
        dark = self._confirm((self.products[0], 1))
        rows = self.env["backorder.rollout.report"].search(
            [("order_id", "in", (approved | fits | pending | dark).ids)]
        )
        self.assertEqual(
            {row.order_id: row.is_beyond_stock for row in rows},
            {fits: False, dark: True},
        )
        self.assertEqual(rows.filtered("is_beyond_stock").phase, "dark")
        self.assertEqual(rows[0].action_view_order()["res_model"], "sale.order")

    def test_request_confirmed_by_the_dark_phase_counts(self):
        """B9: after a change to the dark phase, a pending order is confirmed."""
        self.company.shortage_policy = "pending"
        order = self._confirm((self.protected, 7))
        with freeze_time(fields.Datetime.now() + timedelta(seconds=5)):
            self.company.promise_phase = "dark"
        with freeze_time(fields.Datetime.now() + timedelta(seconds=9)):
            order.action_confirm()
        self.assertTrue(self._get_events("order:override_withdrawn", order_id=order))
        row = self.env["backorder.rollout.report"].search([("order_id", "=", order.id)])
        self.assertEqual((row.phase, row.is_beyond_stock), ("dark", True))

    def test_hard_phase_does_not_count(self):
        """B9: orders confirmed in the hard phase are not in the report."""
        past = self.start - timedelta(days=1)
        order = self._confirm((self.protected, 5))
        self.env["backorder.event"].flush_model()
        changes = self._get_events("company:phase_changed", company_id=self.company)
        self.assertEqual(changes.mapped("payload")[-1]["newPhase"], "hard")
        order.date_order = fields.Datetime.now() + timedelta(seconds=2)
        report = self.env["backorder.rollout.report"]
        self.assertFalse(report.search([("order_id", "=", order.id)]))
        order.date_order = past
        self.assertEqual(report.search([("order_id", "=", order.id)]).phase, "dark")

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_reports_separate_companies(self):
        """B7: reports contain no figures of other companies."""
        other = self.env["res.company"].sudo().create({"name": "Others"})
        stranger = new_test_user(
            self.env,
            "backorder_stranger",
            groups="base.group_system",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in (
            "backorder.oversell.report",
            "backorder.override.report",
            "backorder.rollout.report",
        ):
            rows = self.env[model].with_user(stranger)
            rows = rows.with_context(allowed_company_ids=other.ids)
            self.assertFalse(rows.search([("company_id", "=", self.company.id)]))

    def test_reports_are_read_only(self):
        """B7: users cannot write reports."""
        row = self.env["backorder.oversell.report"].search([], limit=1)
        for operation in ("write", "create", "unlink"):
            for role in ("viewer", "manager", "admin"):
                self.assertFalse(self._as(role, row).has_access(operation))
