# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import csv
import gzip
import hashlib
import io
import json
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import RaiseException

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..exceptions import InsufficientStockError
from ..hooks import uninstall_hook
from .audit_common import AuditCommon


@tagged("post_install", "-at_install")
class TestAudit(AuditCommon):
    # ------------------------------------------------------------------
    # Every decision is there, with its numbers
    # ------------------------------------------------------------------

    def _assert_numbers(self, event, phase, shortfall, value):
        self.assertEqual(event.phase, phase)
        self.assertEqual(event.quantity, shortfall)
        self.assertEqual(event.value, value)
        self.assertEqual(event.currency_id, self.company.currency_id)
        [line] = event.payload["lines"]
        self.assertEqual(line["required"], 5 + shortfall)
        self.assertEqual(line["available"], 5)
        self.assertEqual(line["shortfall"], shortfall)
        self.assertEqual(line["sku"], "PRT")
        self.assertEqual(line["warehouse"], self.warehouse.name)
        self.assertEqual(line["components"]["pickable"], 5)

    def _create_short_order(self, **values):
        return self._create_order(
            {
                "product_id": self.protected.id,
                "product_uom_qty": 7,
                "price_unit": 20,
                "discount": 10,
                "tax_ids": [fields.Command.clear()],
            },
            **values,
        )

    def test_refusal_is_logged(self):
        """B6: a refusal outlives the transaction it undoes, and who was refused."""
        order = self._create_short_order()
        self._refuse(order)
        event = self._get_last("order:blocked", order)
        self._assert_numbers(event, "hard", 2, 36)
        self.assertEqual(event.user_id, self.env.user)

    def test_dark_pass_is_logged(self):
        """B6: an order that hard would have refused."""
        self.company.promise_phase = "dark"
        order = self._create_short_order()
        order.action_confirm()
        event = self._get_last("order:would_block", order)
        self._assert_numbers(event, "dark", 2, 36)

    def test_request_and_decisions_are_logged(self):
        """B6: who asked, who decided what, why, with the numbers that were seen."""
        self.company.shortage_policy = "pending"
        for decision in ("approved", "rejected"):
            with self.subTest(decision=decision):
                order = self._create_short_order(user_id=self.users["sales"].id)
                self._as("sales", order).action_confirm()
                asked = self._get_last("order:approval_requested", order)
                self._assert_numbers(asked, "hard", 2, 36)
                self.assertEqual(asked.user_id, self.users["sales"])
                request = self._as("manager", order.override_ids)
                if decision == "approved":
                    request.action_approve("worth it")
                else:
                    request.action_reject("not worth it")
                event = self._get_last(f"order:{decision}", order)
                self._assert_numbers(event, "hard", 2, 36)
                self.assertEqual(event.user_id, self.users["manager"])
                self.assertIn("worth it", event.reason)
                order._action_cancel()

    def test_movement_below_zero_is_logged(self):
        """B6, A3: a delivery that was refused is logged as well."""
        scrap = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        picking = self._create_picking(
            self.warehouse.int_type_id, self.stock, scrap, (self.protected, 9)
        )
        with self._after_rollback(), self.assertRaises(InsufficientStockError):
            with self.env.cr.savepoint():
                self._validate(picking, 9)
        event = self._get_events("inventory.refused", product_id=self.protected)
        self.assertEqual(event.payload["new_stock"], -4)
        self.assertEqual(event.warehouse_id, self.warehouse)

    def test_value_is_in_the_companys_currency(self):
        """B6: what an order in another currency would cost us, and what has no
        price counts by its cost."""
        currency = self.env["res.currency"].create({"name": "DBL", "symbol": "D"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 2, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Double", "currency_id": currency.id}
        )
        order = self._create_short_order(pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        self._refuse(order)
        self.assertEqual(self._get_last("order:blocked", order).value, 18)
        self.protected.with_company(self.company).standard_price = 11
        free = self._create_short_order()
        free.order_line.price_unit = 0
        self._refuse(free)
        self.assertEqual(self._get_last("order:blocked", free).value, 22)

    # ------------------------------------------------------------------
    # Reading it
    # ------------------------------------------------------------------

    def test_numbers_are_shown_as_a_table(self):
        """B6: lines with their reckoning, and names that are no markup."""
        self.protected.name = "<b>Bold</b>"
        order = self._create_short_order()
        self._refuse(order)
        event = self._get_last("order:blocked", order)
        self.assertEqual(event.display_name, f"Refused {order.name}")
        html = str(event.payload_html)
        for part in (
            ">Required<",
            ">7.00<",
            "&lt;b&gt;Bold&lt;/b&gt;",
            "backorders are not allowed",
            "Pickable",
            "Available to Promise",
        ):
            self.assertIn(part, html)
        self.assertNotIn("<b>", html)
        self.assertNotIn("productId", html)

    def test_facts_are_named(self):
        """B6: keys of programs become labels, also those nobody knows yet."""
        event = self._log_on(
            fields.Datetime.now(), payload={"newStatus": "allocated", "someNewKey": 3}
        )
        html = str(event.payload_html)
        for label in ("Status After", "Some new key"):
            self.assertIn(label, html)
        phase = self._log_on(
            fields.Datetime.now(), payload={"newPhase": "soft", "oldPhase": "dark"}
        )
        html = str(phase.payload_html)
        self.assertLess(html.index("Phase Before"), html.index("Phase After"))
        self.assertIn("Soft", html)
        self.assertFalse(self._log_on(fields.Datetime.now()).payload_html)

    def test_order_opens_its_entries(self):
        """B6: the button of the order counts and opens what its user may see."""
        order = self._create_short_order()
        self._refuse(order)
        self.assertEqual(self._as("viewer", order).backorder_event_count, 1)
        self.assertEqual(self._as("sales", order).backorder_event_count, 0)
        action = order.action_view_backorder_events()
        self.assertEqual(
            self.events.search(action["domain"]),
            self._get_last("order:blocked", order),
        )

    # ------------------------------------------------------------------
    # Export
    # ------------------------------------------------------------------

    def _export(self, role, *args):
        return self._as(role, self.events).export_log(*args)

    def test_export_for_inventory_managers(self):
        """B6: a period as CSV and as JSON lines; nobody below may, and it is logged."""
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

    def test_export_keeps_to_the_period_and_kind(self):
        """B6: both ends are included; kinds are told apart."""
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

    def test_export_shows_no_more_than_the_log(self):
        """B6, B9: neither dark figures nor another company's entries."""
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

    def test_export_is_no_formula(self):
        """B6: a spreadsheet does not run what somebody typed as a reason."""
        starts = ("", " ", "\n", "\t", "\ufeff", "\uff1d", "\uff0b", "\uff0d", "\uff20")
        for start in starts:
            self._log_on("2025-03-10", reason=f"{start}=HYPERLINK(1)")
        content = self._export("manager", "2025-03-10", "2025-03-10")["content"]
        for start in starts:
            self.assertIn(f"\"'{start}=HYPERLINK(1)", content)
            self.assertNotIn(f'"{start}=HYPERLINK(1)', content)

    def test_export_says_what_is_wrong(self):
        """B6: clear errors for a wrong period, kind or format."""
        for args, message in (
            (("2025-03-10", "2025-03-09"), "not before it"),
            ((False, "2025-03-09"), "first day"),
            (("2025-03-09", "2025-03-10", "odd"), "kind of event odd"),
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

    def test_standard_export(self):
        """B6: Odoo's own export works for whoever may export and read the log."""
        event = self._log_on(fields.Datetime.now(), reason="why")
        with self.assertRaisesRegex(UserError, "rights to export"):
            self._as("manager", event).export_data(["reason"])
        self.users["manager"].group_ids += self.env.ref("base.group_allow_export")
        rows = self._as("manager", event).export_data(["event_type", "reason"])
        self.assertEqual(rows["datas"], [["Allocation Tried", "why"]])


@tagged("post_install", "-at_install")
class TestArchive(AuditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order((cls.protected, 1))
        cls.january = cls._log_on("2025-01-01", order=cls.order)
        cls.january |= cls._log_on("2025-01-31 23:59:59", payload={"n": 1.5})
        cls.february = cls._log_on("2025-02-01", order=cls.order)
        cls.phase = cls._log_on("2025-01-10", "company:phase_changed")

    def _archive(self, role="admin", before="2025-02-20"):
        return self._as(role, self.events).archive_before(before)

    def _read(self, archive):
        attachment = self.env["ir.attachment"].browse(archive.payload["attachmentId"])
        lines = gzip.decompress(attachment.raw).decode().splitlines()
        return attachment, [json.loads(line) for line in lines]

    def test_whole_months_move_to_a_file(self):
        """B6: what leaves is in the file, and the log says where, how much, by whom."""
        ids = self.january.ids
        archive = self._archive()
        self.assertEqual(archive.event_type, "log:archived")
        self.assertEqual(archive.user_id, self.admin)
        attachment, rows = self._read(archive)
        self.assertEqual([row["id"] for row in rows], ids)
        self.assertEqual(rows[1]["payload"], {"n": 1.5})
        self.assertEqual(rows[0]["order_name"], self.order.name)
        self.assertEqual(
            archive.payload,
            {
                "from": "2025-01-01 00:00:00",
                "until": "2025-02-01 00:00:00",
                "count": 2,
                "fileName": f"backorder_log_{self.company.id}_2025-01.jsonl.gz",
                "sha256": hashlib.sha256(attachment.raw).hexdigest(),
                "attachmentId": attachment.id,
            },
        )
        left = self.events.search([("date", "<", "2025-03-01")])
        self.assertEqual(left, self.february | self.phase)

    def test_one_file_a_month_and_company(self):
        """B6: another company's months stay, however old."""
        other = self.env["res.company"].sudo().create({"name": "Others"})
        values = self.events._prepare_event("order:retry", company=other)
        foreign = self.events.sudo().create({**values, "date": "2024-12-01"})
        archives = self._archive(before="2025-03-01")
        self.assertEqual(
            [archive.payload["from"][:7] for archive in archives],
            ["2025-01", "2025-02"],
        )
        self.assertTrue(foreign.exists())

    def test_only_administrators_archive(self):
        """B6: checked on the server, by method and by wizard."""
        for role in ("viewer", "operator", "sales", "manager", "finance"):
            with self.assertRaisesRegex(AccessError, "administrator"):
                self._archive(role)
            with self.assertRaises(AccessError):
                self._as(role, self.env["backorder.log.archive"]).create({})
        self.assertTrue(self.january.exists())

    def test_running_month_stays(self):
        """B6: only what is over is archived, and nothing twice."""
        ahead = fields.Date.today() + timedelta(days=32)
        with self.assertRaisesRegex(UserError, "not over yet"):
            self._archive(before=ahead)
        with self.assertRaisesRegex(UserError, "Say up to which month"):
            self._archive(before=False)
        self._archive()
        with self.assertRaisesRegex(UserError, "nothing from before"):
            self._archive()

    def test_wizard(self):
        """B6: the wizard counts first, then shows what the log says about it."""
        with Form(self._as("admin", self.env["backorder.log.archive"])) as form:
            form.before = "2025-02-20"
            self.assertEqual(form.event_count, 2)
        action = form.record.action_archive()
        archive = self.events.search(action["domain"])
        self.assertEqual(archive.event_type, "log:archived")

    def test_file_is_kept(self):
        """B6: nobody changes, deletes, copies away or publishes an archived month."""
        attachment, _rows = self._read(self._archive())
        for own in (attachment, attachment.with_user(self.admin)):
            for values in (
                {"raw": b"nicer"},
                {"res_model": False, "res_id": False},
                {"public": True},
                {"name": "other"},
            ):
                with self.assertRaisesRegex(UserError, "archived part"):
                    own.write(values)
        with self.assertRaises(AccessError):
            attachment.with_user(self.admin).unlink()
        with self.assertRaisesRegex(UserError, "archived part"):
            attachment.sudo().unlink()
        attachment.sudo().write(
            {"raw": attachment.raw, "mimetype": attachment.mimetype}
        )

    def test_file_is_for_administrators(self):
        """B6, B9: it holds what the dark phase measured."""
        archive = self._archive()
        attachment, _rows = self._read(archive)
        attachment.with_user(self.admin).check_access("read")
        self.assertIn(f"/web/content/{attachment.id}", str(archive.payload_html))
        for role in ("viewer", "manager", "finance", "sales"):
            self.assertFalse(self._as(role, attachment).has_access("read"))
        self.assertFalse(
            self._as("finance", self.events).search([("id", "=", archive.id)])
        )

    def test_order_says_where_its_entries_are(self):
        """B6: the order's button names the files of archived months."""
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = '2025-01-05' WHERE id = %s",
            [self.order.id],
        )
        self.order.invalidate_recordset()
        self._archive()
        action = self._as("viewer", self.order).action_view_backorder_events()
        self.assertIn("2025-01.jsonl.gz", action["params"]["message"])
        self.assertEqual(
            self.events.search(action["params"]["next"]["domain"]), self.february
        )
        newer = self._create_order((self.protected, 1))
        self.assertIn("domain", newer.action_view_backorder_events())

    @mute_logger("odoo.sql_db")
    def test_database_lets_go_of_nothing_else(self):
        """B6: SQL alone deletes neither without the entry nor more than it says."""
        archive = self._archive()
        setting = "SELECT set_config('backorder_atp.archive_event', '%s', true);"
        claims = {
            "no entry": setting % "",
            "an entry of another kind": setting % self.february.id,
            "another month": setting % archive.id,
        }
        for name, claim in claims.items():
            for rows in (f"id = {self.february.id}", "date < '2026-01-01'"):
                with (
                    self.subTest(claim=name, rows=rows),
                    self.assertRaisesRegex(RaiseException, "append-only"),
                ):
                    self.env.cr.execute(
                        f"{claim} DELETE FROM backorder_event WHERE {rows}"
                    )
        self.env.cr.execute(setting % "")
        again = self._log_on("2025-01-15")
        self._log_on("2025-01-16")
        with self.assertRaisesRegex(RaiseException, "append-only"):
            # fewer than the entry says
            self.env.cr.execute(
                f"{setting % archive.id} DELETE FROM backorder_event"
                f" WHERE id = {again.id}"
            )
        with self.assertRaisesRegex(RaiseException, "append-only"):
            self.env.cr.execute(
                "DELETE FROM backorder_event WHERE event_type = 'log:archived'"
            )

    @mute_logger("odoo.sql_db")
    def test_cut_off_archiving_leaves_the_log(self):
        """B6: killed half-way, nothing has happened."""
        with (
            self.assertRaises(ZeroDivisionError),
            self.env.cr.savepoint(),
            patch.object(
                type(self.events), "_delete_archived", side_effect=ZeroDivisionError
            ),
        ):
            self._archive()
        self.assertTrue(self.january.exists())
        self.assertFalse(self._get_events("log:archived"))
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=", "backorder.event")])
        )

    def test_uninstalling_keeps_everything(self):
        """B6: the log and its seals stay as tables, archived months as attachments;
        the log of another installation begins anew."""
        attachment, _rows = self._read(self._archive())
        count = self.events.search_count([])
        with freeze_time("2030-01-02 03:04:05"):
            uninstall_hook(self.env)
        attachment.invalidate_recordset()
        self.assertFalse(attachment.res_model)
        self.assertTrue(attachment.with_user(self.admin).has_access("read"))
        self.assertFalse(self._as("finance", attachment).has_access("read"))
        table = "backorder_event_archive_20300102030405"
        self.env.cr.execute(f"SELECT COUNT(*) FROM {table}")
        self.assertEqual(self.env.cr.fetchone(), (count,))
        self.env.cr.execute(f"SELECT COUNT(*) FROM {table}_seal")
        self.assertEqual(self.env.cr.fetchone(), (count + 2,))  # two in the file
        self.events.init()
        self._log_on("2030-02-01")
        self.assertTrue(self._as("admin", self.events).verify_log()[0]["isWhole"])
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'backorder_event'"
        )
        indexes = {name for [name] in self.env.cr.fetchall()}
        self.assertIn("backorder_event_order_idx", indexes)

    def test_many_rows_are_packed_in_batches(self):
        """B6: a month larger than one batch is whole in the file."""
        path = "odoo.addons.backorder_atp.models.backorder_event_archive.ARCHIVE_BATCH"
        with patch(path, 1):
            archive = self._archive()
        self.assertEqual(len(self._read(archive)[1]), 2)
