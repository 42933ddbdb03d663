# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import gzip
import json

from odoo.addons.backorder_atp.tests.audit_common import AuditCommon


class ArchiveCommon(AuditCommon):
    """A log with entries of two past months."""

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
