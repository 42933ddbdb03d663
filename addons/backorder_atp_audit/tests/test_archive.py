# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import RaiseException

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models import backorder_event_archive
from .archive_common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestArchive(ArchiveCommon):
    def test_whole_months_are_moved_to_a_file(self):
        """B6: the file has the rows; the log names file, number of rows and user."""
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

    def test_one_file_per_month_and_company(self):
        """B6: the months of other companies are kept."""
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
        """B6: checked on the server, for the method and the wizard."""
        for role in ("viewer", "operator", "sales", "manager", "finance"):
            with self.assertRaisesRegex(AccessError, "administrator"):
                self._archive(role)
            with self.assertRaises(AccessError):
                self._as(role, self.env["backorder.log.archive"]).create({})
        self.assertTrue(self.january.exists())

    def test_current_month_is_kept(self):
        """B6: only past months are archived, and none twice."""
        ahead = fields.Date.today() + timedelta(days=32)
        with self.assertRaisesRegex(UserError, "has not ended yet"):
            self._archive(before=ahead)
        with self.assertRaisesRegex(UserError, "Enter the month up to which"):
            self._archive(before=False)
        self._archive()
        with self.assertRaisesRegex(UserError, "no entries from before"):
            self._archive()

    def test_wizard(self):
        """B6: the wizard shows the number of entries, then the resulting log entry."""
        with Form(self._as("admin", self.env["backorder.log.archive"])) as form:
            form.before = "2025-02-20"
            self.assertEqual(form.event_count, 2)
        action = form.record.action_archive()
        archive = self.events.search(action["domain"])
        self.assertEqual(archive.event_type, "log:archived")

    def test_archive_cannot_be_changed(self):
        """B6: an archived month cannot be changed, deleted, copied or published."""
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
        """B6, B9: it contains entries of the dark phase."""
        archive = self._archive()
        attachment, _rows = self._read(archive)
        attachment.with_user(self.admin).check_access("read")
        self.assertIn(f"/web/content/{attachment.id}", str(archive.payload_html))
        for role in ("viewer", "manager", "finance", "sales"):
            self.assertFalse(self._as(role, attachment).has_access("read"))
        self.assertFalse(
            self._as("finance", self.events).search([("id", "=", archive.id)])
        )

    def test_order_names_the_archives_of_its_entries(self):
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
    def test_database_refuses_other_deletions(self):
        """B6: SQL deletes neither without a log entry nor more than it names."""
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
            # fewer rows than the entry names
            self.env.cr.execute(
                f"{setting % archive.id} DELETE FROM backorder_event"
                f" WHERE id = {again.id}"
            )
        with self.assertRaisesRegex(RaiseException, "append-only"):
            self.env.cr.execute(
                "DELETE FROM backorder_event WHERE event_type = 'log:archived'"
            )

    @mute_logger("odoo.sql_db")
    def test_interrupted_archiving_changes_nothing(self):
        """B6: if it is killed half-way, the log is unchanged."""
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

    def test_many_rows_are_archived_in_batches(self):
        """B6: the file is complete even if the month is larger than one batch."""
        with patch.object(backorder_event_archive, "ARCHIVE_BATCH", 1):
            archive = self._archive()
        self.assertEqual(len(self._read(archive)[1]), 2)
