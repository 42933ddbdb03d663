# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.backorder_atp.tests.audit_common import AuditCommon


@tagged("post_install", "-at_install")
class TestSeal(AuditCommon):
    """Seals detect changes of the log, even by the owner of the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events._seal_all()
        cls.first = cls._log_on("2025-01-10", reason="äöü", payload={"n": 1.50})
        cls.second = cls._log_on("2025-01-20", quantity=2)
        cls.third = cls._log_on("2025-02-01")
        cls.all_three = cls.first | cls.second | cls.third
        cls.events._seal_all()

    def _verify(self, *noted):
        [result] = self._as("admin", self.events).verify_log(list(noted))
        return result

    def _get_kinds(self, *noted):
        return [
            (fault["kind"], fault["entryId"])
            for fault in self._verify(*noted)["faults"]
        ]

    @contextmanager
    def _as_owner_of_the_database(self):
        """Disable the triggers, as only the owner of the tables can."""
        for state in ("DISABLE", "ENABLE"):
            for table in ("backorder_event", "backorder_event_seal"):
                self.env.cr.execute(f"ALTER TABLE {table} {state} TRIGGER USER")
            if state == "DISABLE":
                yield
        self.env.invalidate_all()

    def _tamper(self, query, *args):
        with self._as_owner_of_the_database():
            self.env.cr.execute(query, args)

    # ------------------------------------------------------------------
    # Sealing
    # ------------------------------------------------------------------

    def test_seals_are_a_chain(self):
        """B6: numbered without gaps, computed from the entry and the previous seal."""
        self.assertEqual(
            self.all_three.mapped("seal_sequence"),
            [*range(self.first.seal_sequence, self.first.seal_sequence + 3)],
        )
        self.env.cr.execute(
            "SELECT backorder_event_line(e) FROM backorder_event e WHERE id = %s",
            [self.second.id],
        )
        [line] = self.env.cr.fetchone()
        self.assertEqual(json.loads(line)["quantity"], 2)
        digest = hashlib.sha256(line.encode()).hexdigest()
        text = f"{self.first.seal_hash}\n{digest}".encode()
        self.assertEqual(self.second.seal_hash, hashlib.sha256(text).hexdigest())

    def test_new_entries_are_sealed_by_the_next_run(self):
        """B6, B8: entries are written without a seal, so they lock nothing."""
        event = self._log_on("2025-02-02")
        self.assertFalse(event.seal_sequence)
        result = self._verify()
        self.assertTrue(result["isWhole"])
        self.assertGreaterEqual(result["unsealedCount"], 1)
        with self.enter_registry_test_mode():
            self.env.ref("backorder_atp_audit.ir_cron_seal_log").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(event.seal_sequence, self.third.seal_sequence + 1)

    def test_many_entries_are_sealed_in_batches(self):
        """B6: the chain continues from one batch to the next."""
        path = "odoo.addons.backorder_atp_audit.models.backorder_event_seal.SEAL_BATCH"
        events = [self._log_on("2025-02-02") for _number in range(5)]
        with patch(path, 2):
            self.events._seal_all()
        self.assertTrue(all(event.seal_sequence for event in events))
        self.assertTrue(self._verify()["isWhole"])

    def test_each_company_has_its_own_chain(self):
        """B6: entries of other companies do not affect the numbers."""
        other = self.env["res.company"].sudo().create({"name": "Others"})
        values = self.events._prepare_event("order:retry", company=other)
        foreign = self.events.sudo().create(values)
        own = self._log_on("2025-02-02")
        self.events._seal_all()
        self.assertEqual(own.seal_sequence, self.third.seal_sequence + 1)
        self.assertGreater(own.seal_sequence, foreign.seal_sequence)

    def test_export_contains_the_seals(self):
        """B6: an exported file is evidence outside the database."""
        result = self._as("admin", self.events).export_log(
            "2025-01-10", "2025-01-10", "all", "jsonl"
        )
        [row] = map(json.loads, result["content"].splitlines())
        self.assertEqual(row["seal_sequence"], self.first.seal_sequence)
        self.assertEqual(row["seal_hash"], self.first.seal_hash)

    # ------------------------------------------------------------------
    # Verification
    # ------------------------------------------------------------------

    def test_unchanged_log(self):
        """B6: no faults; the log records who verified it and the last seal."""
        result = self._verify()
        self.assertTrue(result["isWhole"])
        self.assertFalse(result["faults"])
        self.assertEqual(result["lastSequence"], self.third.seal_sequence)
        self.assertEqual(result["lastHash"], self.third.seal_hash)
        [event] = self._get_events("log:verified", company_id=self.company)
        self.assertEqual(event.user_id, self.admin)
        self.assertEqual(event.payload["lastHash"], self.third.seal_hash)

    def test_changed_entry(self):
        """B6: a changed reason or quantity is found and located."""
        for column, value in (("reason", "nicer"), ("quantity", 1)):
            with self.subTest(column=column):
                self._tamper(
                    f"UPDATE backorder_event SET {column} = %s WHERE id = %s",
                    value,
                    self.second.id,
                )
                result = self._verify()
                self.assertFalse(result["isWhole"])
                [fault] = result["faults"]
                self.assertEqual(fault["kind"], "changed")
                self.assertEqual(fault["sequence"], self.second.seal_sequence)
                self.assertIn(f"Entry {self.second.id}", fault["message"])
        [event] = self._get_events("log:broken", company_id=self.company)[:1]
        self.assertIn(f"Entry {self.second.id}", event.reason)

    def test_deleted_entry(self):
        """B6: a deleted entry is found, with or without its seal."""
        self._tamper("DELETE FROM backorder_event WHERE id = %s", self.second.id)
        self.assertEqual(self._get_kinds(), [("missing", self.second.id)])
        self._tamper(
            "DELETE FROM backorder_event_seal WHERE event_id = %s", self.second.id
        )
        self.assertEqual(self._get_kinds(), [("gap", self.third.id)])

    def test_entry_deleted_before_it_is_sealed(self):
        """B6: it leaves a gap in the chain."""
        event = self._log_on("2025-02-02")
        self._tamper("DELETE FROM backorder_event WHERE id = %s", event.id)
        self.events._seal_all()
        self.assertEqual(self._get_kinds(), [("lost", event.id)])

    def test_inserted_entry(self):
        """B6: an entry inserted by SQL is found."""
        with self._as_owner_of_the_database():
            event = self._log_on("2025-01-15")
        self.assertEqual(self._get_kinds(), [("stranger", event.id)])

    def _rewrite(self, event):
        """Change an entry and all following seals, as the owner could."""
        self._tamper("UPDATE backorder_event SET reason = 'x' WHERE id = %s", event.id)
        with self._as_owner_of_the_database():
            self.env.cr.execute(
                """DELETE FROM backorder_event_seal
                    WHERE company_id = %s AND sequence >= %s RETURNING event_id""",
                [self.company.id, event.seal_sequence],
            )
            self.env.cr.executemany(
                "INSERT INTO backorder_event_unsealed VALUES (%s, %s)",
                [(id_, self.company.id) for [id_] in self.env.cr.fetchall()],
            )
        self.events._seal_all()

    def test_changed_seal(self):
        """B6: recomputing the seal of one entry breaks the next seal."""
        hash_ = self.third.seal_hash
        self._rewrite(self.second)
        self._tamper(
            "UPDATE backorder_event_seal SET hash = %s WHERE event_id = %s",
            hash_,
            self.third.id,
        )
        self.assertEqual(self._get_kinds(), [("chain", self.third.id)])

    def test_recorded_seal(self):
        """B6: a seal recorded elsewhere reveals that the whole chain was rewritten."""
        noted = {
            "companyId": self.company.id,
            "sequence": self.third.seal_sequence,
            "hash": self.third.seal_hash,
        }
        self.assertFalse(self._get_kinds(noted))
        self._rewrite(self.second)
        self.assertFalse(self._get_kinds())
        self.assertEqual(self._get_kinds(noted), [("rewritten", 0)])

    def test_only_administrators_verify(self):
        """B6: checked on the server, for the method and the wizard."""
        for role in ("viewer", "operator", "sales", "manager", "finance"):
            with self.assertRaisesRegex(AccessError, "administrator"):
                self._as(role, self.events).verify_log()
            with self.assertRaises(AccessError):
                self._as(role, self.env["backorder.log.verification"]).create({})

    def test_wizard(self):
        """B6: the wizard shows the result and the last seal to record."""
        wizards = self._as("admin", self.env["backorder.log.verification"])
        wizard = Form(wizards).save()
        wizard.action_verify()
        self.assertTrue(wizard.is_whole)
        self.assertIn(self.third.seal_hash, wizard.report)
        with Form(wizards) as form:
            form.noted_sequence = self.third.seal_sequence
        with self.assertRaisesRegex(UserError, "both the number"):
            form.record.action_verify()
        self._tamper("DELETE FROM backorder_event WHERE id = %s", self.second.id)
        wizard = Form(wizards).save()
        wizard.action_verify()
        self.assertFalse(wizard.is_whole)
        self.assertIn(f"Entry {self.second.id}", wizard.report)

    def test_nightly_verification_notifies_administrators(self):
        """B6: once for each fault, not every night."""
        cron = self.env.ref("backorder_atp_audit.ir_cron_verify_log")
        partner = self.company.partner_id
        self._run(cron)
        self.assertFalse(partner.activity_ids)
        self._tamper("DELETE FROM backorder_event WHERE id = %s", self.second.id)
        self._run(cron)
        activities = partner.activity_ids
        self.assertIn(self.admin, activities.user_id)
        self.assertIn(f"Entry {self.second.id}", activities[0].note)
        activities.action_done()
        self._run(cron)
        self.assertFalse(partner.activity_ids)

    def _run(self, cron):
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Archived months
    # ------------------------------------------------------------------

    def _archive(self):
        return self._as("admin", self.events).archive_before("2025-02-10")

    def test_archived_months_are_verified(self):
        """B6: the chain includes the entries in the files."""
        unsealed = self._log_on("2025-01-25")
        self._archive()
        self.assertFalse((self.first | self.second | unsealed).exists())
        self.events._seal_all()
        self.assertTrue(self._verify()["isWhole"])

    def _change_file(self, archive, raw):
        """Change a file in the filestore."""
        attachment = self.env["ir.attachment"].browse(archive.payload["attachmentId"])
        with patch.object(
            type(attachment), "_filter_log_archives", lambda self: self.browse()
        ):
            attachment.sudo().write({"raw": raw(attachment.raw)})

    def test_changed_file(self):
        """B6: changed, truncated or empty files are found."""
        for number, raw in enumerate(
            (lambda raw: raw[:-20], lambda raw: b"nonsense", lambda raw: False)
        ):
            with self.subTest(number), self._undone():
                self._change_file(self._archive(), raw)
                kinds = {kind for kind, _entry_id in self._get_kinds()}
                self.assertIn(["file_changed", "file_missing"][number > 1], kinds)
                self.assertIn("missing", kinds)

    @contextmanager
    def _undone(self):
        savepoint = self.env.cr.savepoint()
        yield
        savepoint.close(rollback=True)

    @mute_logger("odoo.sql_db")
    def test_seals_are_append_only(self):
        """B6: PostgreSQL refuses to change seals, too."""
        for query in (
            "UPDATE backorder_event_seal SET hash = ''",
            "DELETE FROM backorder_event_seal",
            "TRUNCATE backorder_event_seal",
        ):
            with (
                self.subTest(query),
                self.assertRaisesRegex(Exception, "append-only"),
            ):
                self.env.cr.execute(query)
