# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import csv
import io
import json
from datetime import date

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.backorder_atp.tests.audit_common import AuditCommon


@tagged("post_install", "-at_install")
class TestExport(AuditCommon):
    def _export(self, role, *args):
        return self._as(role, self.events).export_log(*args)

    def test_export_for_inventory_managers(self):
        """B6: a period as CSV and JSON lines; only for managers, and logged."""
        order = self._create_short_order(client_order_ref="x")
        self._refuse(order)
        today = fields.Date.today()
        result = self._export("manager", today, today, "decisions", "csv")
        rows = list(csv.DictReader(io.StringIO(result["content"])))
        row = next(row for row in rows if row["order_name"] == order.name)
        self.assertEqual(row["event_type"], "order:blocked")
        self.assertEqual(json.loads(row["payload"])["lines"][0]["shortfall"], 2)
        self.assertEqual(len(rows), result["count"])
        result = self._export("manager", today, today, "decisions", "jsonl")
        entries = [json.loads(line) for line in result["content"].splitlines()]
        self.assertEqual(
            [entry["id"] for entry in entries], [int(row["id"]) for row in rows]
        )
        self.assertEqual(entries[-1]["payload"]["lines"][0]["required"], 7)
        exported = self._get_events("log:exported", user_id=self.users["manager"])
        self.assertEqual([event.payload["count"] for event in exported], [1, 1])
        for role in ("viewer", "operator", "sales"):
            with self.assertRaisesRegex(AccessError, "inventory manager"):
                self._export(role, today, today)

    def test_export_is_limited_to_period_and_category(self):
        """B6: both days are included, and only the chosen category."""
        day = fields.Datetime.to_datetime("2025-03-10 23:59:59")
        names = ("inventory.backordered", "order:retry", "company:phase_changed")
        events = [self._log_on(day, name) for name in names]
        ids = {
            category: [
                json.loads(line)["id"]
                for line in self._export(
                    "manager", "2025-03-10", "2025-03-10", category, "jsonl"
                )["content"].splitlines()
            ]
            for category in ("all", "stock", "backorders", "log")
        }
        self.assertEqual(ids["all"], [event.id for event in events])
        self.assertEqual(ids["stock"], [events[0].id])
        self.assertEqual(ids["backorders"], [events[1].id])
        self.assertEqual(ids["log"], [events[2].id])
        for period in (("2025-03-11", "2025-04-01"), ("2025-01-01", "2025-03-09")):
            self.assertFalse(self._export("manager", *period)["count"])

    def test_export_follows_access_rights(self):
        """B6, B9: neither entries of the dark phase nor of other companies."""
        self._log_on("2025-03-10", "order:would_block")
        self.events.sudo().browse().flush_model()
        dark = self.events._prepare_event("order:would_block", company=self.company)
        self.events.sudo().create({**dark, "date": "2025-03-10", "phase": "dark"})
        other = self.env["res.company"].sudo().create({"name": "Others"})
        foreign = self.events._prepare_event("order:retry", company=other)
        self.events.sudo().create({**foreign, "date": "2025-03-10"})
        period = ("2025-03-10", "2025-03-10")
        self.assertEqual(self._export("manager", *period)["count"], 1)
        self.assertEqual(self._export("admin", *period)["count"], 2)

    def test_export_contains_no_formulas(self):
        """B6: a spreadsheet does not execute a reason as a formula."""
        starts = ("", " ", "\n", "\t", "\ufeff", "\uff1d", "\uff0b", "\uff0d", "\uff20")
        for start in starts:
            self._log_on("2025-03-10", reason=f"{start}=HYPERLINK(1)")
        content = self._export("manager", "2025-03-10", "2025-03-10")["content"]
        for start in starts:
            self.assertIn(f"\"'{start}=HYPERLINK(1)", content)
            self.assertNotIn(f'"{start}=HYPERLINK(1)', content)

    def test_invalid_export_is_refused(self):
        """B6: clear errors for an invalid period, category or format."""
        for args, message in (
            (("2025-03-10", "2025-03-09"), "not before it"),
            ((False, "2025-03-09"), "start date"),
            (("2025-03-09", "2025-03-10", "odd"), "event type odd"),
            (("2025-03-09", "2025-03-10", "all", "pdf"), "file format pdf"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._export("manager", *args)

    def test_export_wizard(self):
        """B6: the wizard offers the file for download."""
        self._log_on("2025-03-10", reason="täglich")
        wizards = self._as("manager", self.env["backorder.log.export"])
        form = Form(wizards)
        form.date_from, form.date_to = "2025-03-10", "2025-03-10"
        wizard = form.save()
        action = wizard.action_export()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.event_count, 1)
        self.assertEqual(wizard.file_name, "backorder_log_2025-03-10_2025-03-10.csv")
        content = base64.b64decode(wizard.with_context(bin_size=False).file)
        self.assertIn("täglich", content.decode("utf-8-sig"))

    def test_export_up_to_the_last_possible_date(self):
        """B6: up to 9999-12-31 exports everything."""
        wizard = self.env["backorder.log.export"].create(
            {"date_from": date.min, "date_to": date.max}
        )
        self.assertTrue(wizard.action_export())
