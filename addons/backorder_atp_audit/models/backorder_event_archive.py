# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import gzip
import hashlib
import io
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.date_utils import add

from odoo.addons.backorder_atp.triggers import set_trigger

# Number of rows that are read and compressed at a time.
ARCHIVE_BATCH = 10000


class BackorderEvent(models.Model):
    """Archiving of the log: whole months are moved to files.

    A month is compressed and the checksum of the file is logged. Only then does
    PostgreSQL allow the rows to be deleted: exactly those that the log entry names, in
    the same transaction. Their seals stay, so that the file can be verified. Entries
    about the log itself and about the phases of a company are never archived.
    """

    _inherit = "backorder.event"

    def init(self):
        result = super().init()
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION backorder_event_check_archived()
                RETURNS trigger AS $$
                DECLARE
                    archive backorder_event%%ROWTYPE;
                BEGIN
                    IF NOT EXISTS (SELECT FROM gone) THEN
                        RETURN NULL;
                    END IF;
                    SELECT * INTO archive
                      FROM backorder_event event
                     WHERE event.id = NULLIF(
                               current_setting('backorder_atp.archive_event', true), ''
                           )::bigint
                       AND event.event_type = 'log:archived'
                       AND age(event.xmin) <= 0;  -- written by this transaction
                    IF NOT FOUND
                       OR (archive.payload ->> 'count')::bigint
                          <> (SELECT count(*) FROM gone)
                       OR EXISTS (
                           SELECT
                             FROM gone
                            WHERE company_id IS DISTINCT FROM archive.company_id
                               OR date < (archive.payload ->> 'from')::timestamp
                               OR date >= (archive.payload ->> 'until')::timestamp
                               OR event_type ~ '^(log|company):'
                       )
                       OR EXISTS (
                           SELECT
                             FROM gone
                             LEFT JOIN backorder_event_seal seal
                               ON seal.event_id = gone.id
                            WHERE seal.event_id IS NULL
                       )
                       OR NOT EXISTS (
                           SELECT
                             FROM ir_attachment
                            WHERE id = (archive.payload ->> 'attachmentId')::integer
                              AND res_model = 'backorder.event'
                              AND res_id = archive.id
                       )
                    THEN
                        RAISE EXCEPTION
                            'The backorder log is append-only: DELETE refused';
                    END IF;
                    RETURN NULL;
                END $$ LANGUAGE plpgsql;
                """
            )
        )
        set_trigger(
            self.env.cr,
            "backorder_event",
            "backorder_event_archived_only",
            (
                "AFTER DELETE",
                """REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
                   EXECUTE FUNCTION backorder_event_check_archived()""",
            ),
        )
        # the trigger checks the whole statement instead of each row
        self.env.cr.execute(
            SQL("DROP TRIGGER IF EXISTS backorder_event_no_delete ON backorder_event")
        )
        return result

    # ------------------------------------------------------------------
    # Archiving
    # ------------------------------------------------------------------

    @api.model
    def archive_before(self, before):
        """Move the months before a day from the log to files.

        One file for each month of each of the user's companies. All or nothing: an
        interrupted run leaves the log unchanged.

        :param before: date; its month, in UTC, and later ones are kept
        :return: the ``log:archived`` events written, one for each file
        :raise AccessError: for users who are not administrators
        :raise UserError: when the month has not begun yet, or there is nothing older
        """
        self._check_archivist()
        month = self._get_retained_month(before)
        self._seal_all()
        with self._caused_by(f"archive:{self.env.user.login}"):
            archives = [
                self._archive_month(company_id, start)
                for company_id, start in self._get_archivable_months(month)
            ]
        if not archives:
            raise UserError(
                self.env._(
                    "The log has no entries from before %s.",
                    fields.Date.to_string(month),
                )
            )
        return self.browse().concat(*archives)

    @api.model
    def _check_archivist(self):
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only administrators can archive the log."))

    @api.model
    def _get_retained_month(self, before):
        """Return the first day of the oldest month that is kept."""
        day = fields.Date.to_date(before)
        if not day:
            raise UserError(self.env._("Enter the month up to which to archive."))
        month = day.replace(day=1)
        if month > fields.Date.today().replace(day=1):
            raise UserError(
                self.env._(
                    "%s has not ended yet. Only whole months can be archived.",
                    fields.Date.to_string(month - timedelta(days=1)),
                )
            )
        return month

    @api.model
    def _get_archivable_months(self, month):
        """Return ``[(company_id, first day)]`` of the months before ``month``."""
        return self.env.execute_query(
            SQL(
                """
                SELECT company_id, date_trunc('month', date) AS start
                  FROM backorder_event
                 WHERE date < %s
                   AND (company_id = ANY(%s) OR company_id IS NULL)
                   AND event_type !~ '^(log|company):'
                 GROUP BY company_id, start
                 ORDER BY start, company_id
                """,
                month,
                list(self.env.companies.ids),
            )
        )

    @api.model
    def _archive_month(self, company_id, start):
        """Compress one month, log the archive and delete its rows."""
        rows = SQL(
            """FROM backorder_event
              WHERE company_id IS NOT DISTINCT FROM %s
                AND date >= %s AND date < %s
                AND event_type !~ '^(log|company):'""",
            company_id,
            start,
            add(start, months=1),
        )
        raw, count = self._pack(rows)
        attachment = self._store_archive(company_id, start, raw)
        archive = self._log_archive(attachment, company_id, start, raw, count)
        attachment.write({"res_model": self._name, "res_id": archive.id})
        self.env.flush_all()
        self._delete_archived(archive, rows)
        return archive

    @api.model
    def _pack(self, rows):
        """Return the selected rows as compressed JSON lines, and their number."""
        packed = io.BytesIO()
        last_id = count = 0
        with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
            while batch := self.env.execute_query(
                SQL(
                    """SELECT id, backorder_event_line(backorder_event) %s AND id > %s
                        ORDER BY id LIMIT %s""",
                    rows,
                    last_id,
                    ARCHIVE_BATCH,
                )
            ):
                file.writelines(f"{line}\n".encode() for _id, line in batch)
                last_id = batch[-1][0]
                count += len(batch)
        return packed.getvalue(), count

    @api.model
    def _store_archive(self, company_id, start, raw):
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"backorder_log_{company_id or 0}_{start:%Y-%m}.jsonl.gz",
                    "raw": raw,
                    "mimetype": "application/gzip",
                    "company_id": company_id,
                }
            )
        )

    @api.model
    def _log_archive(self, attachment, company_id, start, raw, count):
        event = self._prepare_event(
            "log:archived",
            company=self.env["res.company"].browse(company_id),
            reason=attachment.name,
            payload={
                "from": fields.Datetime.to_string(start),
                "until": fields.Datetime.to_string(add(start, months=1)),
                "count": count,
                "fileName": attachment.name,
                "sha256": hashlib.sha256(raw).hexdigest(),
                "attachmentId": attachment.id,
            },
        )
        return self.sudo().create({**event, "company_id": company_id})

    @api.model
    def _delete_archived(self, archive, rows):
        """Remove the rows; the trigger compares them with the ``archive`` entry."""
        setting = "backorder_atp.archive_event"
        self.env.cr.execute(
            SQL("SELECT set_config(%s, %s, true)", setting, str(archive.id))
        )
        self.env.cr.execute(SQL("DELETE %s", rows))
        self.env.cr.execute(SQL("SELECT set_config(%s, '', true)", setting))
        self.invalidate_model()

    # ------------------------------------------------------------------
    # Finding archived entries
    # ------------------------------------------------------------------

    @api.model
    def _get_archives_since(self, company, since):
        """Return the archives that may contain entries since ``since``."""
        archives = self.sudo().search(
            [("event_type", "=", "log:archived"), ("company_id", "=", company.id)],
            order="id",
        )
        since = fields.Datetime.to_string(since)
        return archives.filtered(lambda archive: archive.payload["until"] > since)
