# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import gzip
import hashlib
import io
import re
from itertools import islice

from odoo import api, models
from odoo.tools import SQL

from .backorder_event_seal import get_hash
from .backorder_event_verify import VERIFY_BATCH


class BackorderEvent(models.Model):
    """Verifying the months that are archived."""

    _inherit = "backorder.event"

    @api.model
    def _verify_archives(self, company):
        """Return the ids of the entries in the files, and the faults of the files."""
        archived_ids, faults = set(), []
        for archive in self.search(
            [("event_type", "=", "log:archived"), ("company_id", "=", company.id)],
            order="id",
        ):
            faults += archive._verify_archive(archived_ids)
        return archived_ids, faults

    def _verify_archive(self, archived_ids):
        """Yield the faults of one file; add the ids of its entries."""
        self.ensure_one()
        attachment = self.env["ir.attachment"].browse(self.payload["attachmentId"])
        name, raw = self.payload["fileName"], attachment.exists().raw
        if not raw:
            yield self._prepare_fault("file_missing", name=name)
            return
        if hashlib.sha256(raw).hexdigest() != self.payload["sha256"]:
            yield self._prepare_fault("file_changed", name=name)
        for digests in self._read_archived_digests(raw):
            archived_ids.update(digests)
            yield from self._compare_digests(digests)

    @api.model
    def _read_archived_digests(self, raw):
        """Yield ``{event_id: digest}``, a batch of lines at a time."""
        try:
            with gzip.open(io.BytesIO(raw), "rt", encoding="utf-8") as file:
                lines = (line.rstrip("\n") for line in file)
                while batch := list(islice(lines, VERIFY_BATCH)):
                    ids = (re.match(r'\{"id":(\d+),', line) for line in batch)
                    yield {
                        int(found[1]): get_hash(line)
                        for found, line in zip(ids, batch, strict=True)
                        if found
                    }
        except (OSError, EOFError, UnicodeDecodeError):
            return  # entries that are not in the file are missing

    @api.model
    def _compare_digests(self, digests):
        rows = self.env.execute_query(
            SQL(
                """SELECT sequence, event_id, digest FROM backorder_event_seal
                    WHERE event_id = ANY(%s) ORDER BY sequence""",
                list(digests),
            )
        )
        for sequence, event_id, digest in rows:
            if digests[event_id] != digest:
                yield self._prepare_fault("changed", sequence, event_id)
