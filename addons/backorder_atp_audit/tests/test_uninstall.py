# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import RaiseException

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..hooks import uninstall_hook
from .archive_common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestUninstall(ArchiveCommon):
    def _uninstall(self):
        with freeze_time("2030-01-02 03:04:05"):
            uninstall_hook(self.env)
        self.env.invalidate_all()

    def test_uninstalling_keeps_everything(self):
        """B6: seals remain as a table, archived months as attachments."""
        attachment, _rows = self._read(self._archive())
        count = self.events.search_count([])
        self._uninstall()
        self.assertFalse(attachment.res_model)
        self.assertTrue(attachment.with_user(self.admin).has_access("read"))
        self.assertFalse(self._as("finance", attachment).has_access("read"))
        self.env.cr.execute(
            "SELECT COUNT(*) FROM backorder_event_seal_archive_20300102030405"
        )
        self.assertEqual(self.env.cr.fetchone(), (count + 2,))  # two in the file

    @mute_logger("odoo.sql_db")
    def test_log_stays_append_only(self):
        """B6: without the addon, no entry can be deleted."""
        self._uninstall()
        self._log_on("2025-03-01")
        with self.assertRaisesRegex(RaiseException, "append-only"):
            self.env.cr.execute("DELETE FROM backorder_event")

    def test_older_entries_are_sealed_at_installation(self):
        """B6: entries logged before the installation are sealed as well."""
        self._uninstall()
        self._log_on("2025-03-01")
        self.events.init()
        self.events._seal_all()
        [result] = self._as("admin", self.events).verify_log()
        self.assertTrue(result["isWhole"])
        self.assertEqual(
            result["sealedCount"],
            self.events.search_count([("company_id", "=", self.company.id)]) - 1,
        )
