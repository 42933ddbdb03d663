# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from odoo.addons.backorder_atp.triggers import set_append_only, set_trigger

# Number of entries that are sealed at a time.
SEAL_BATCH = 10000
SEAL_FIELDS = ("seal_sequence", "seal_hash")


def get_hash(text):
    """Return the SHA-256 of ``text`` as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def get_seal_hash(previous, digest):
    """Return the hash of a seal, based on the hash of the previous seal."""
    return get_hash(f"{previous}\n{digest}")


class BackorderEvent(models.Model):
    """The chain of seals, which any change of an entry breaks.

    Concurrent transactions write entries without locking each other, and commit in any
    order. A scheduled action then seals them one after the other: the seals of a
    company are numbered without gaps, and each contains the SHA-256 of its entry and a
    hash over that and the previous seal. Seals are kept when entries are archived.
    """

    _inherit = "backorder.event"

    seal_sequence = fields.Integer(
        "Seal",
        compute="_compute_seal",
        help="The number of the entry in the chain of its company. Empty until the"
        " entry is sealed, about a minute after it was logged.",
    )
    seal_hash = fields.Char(
        compute="_compute_seal",
        help="SHA-256 over this entry and all entries of the company before it.",
    )

    def init(self):
        result = super().init()
        is_new = not table_exists(self.env.cr, "backorder_event_seal")
        self._create_seal_tables()
        self._create_line_function()
        if is_new:
            self._take_unsealed_from_log()
        set_append_only(self.env.cr, "backorder_event_seal")
        set_trigger(
            self.env.cr,
            "backorder_event",
            "backorder_event_to_seal",
            (
                "AFTER INSERT",
                """REFERENCING NEW TABLE AS added FOR EACH STATEMENT
                   EXECUTE FUNCTION backorder_event_note_unsealed()""",
            ),
        )
        return result

    def _create_seal_tables(self):
        self.env.cr.execute(
            SQL(
                """
                CREATE TABLE IF NOT EXISTS backorder_event_seal (
                    event_id bigint PRIMARY KEY,
                    company_id integer NOT NULL,
                    sequence bigint NOT NULL,
                    digest varchar NOT NULL,
                    hash varchar NOT NULL,
                    UNIQUE (company_id, sequence)
                );
                CREATE TABLE IF NOT EXISTS backorder_event_unsealed (
                    event_id bigint PRIMARY KEY,
                    company_id integer NOT NULL
                );
                CREATE OR REPLACE FUNCTION backorder_event_note_unsealed()
                RETURNS trigger AS $$
                BEGIN
                    INSERT INTO backorder_event_unsealed
                    SELECT id, COALESCE(company_id, 0) FROM added;
                    RETURN NULL;
                END $$ LANGUAGE plpgsql;
                """
            )
        )

    def _take_unsealed_from_log(self):
        """Mark entries from before the installation to be sealed."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO backorder_event_unsealed
                   SELECT id, COALESCE(company_id, 0) FROM backorder_event"""
            )
        )

    def _create_line_function(self):
        """Return an entry as one line of JSON, for seals and for files.

        Columns are listed by name, so that columns added later change no seal.
        """
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION backorder_event_line(event backorder_event)
                RETURNS text AS $$
                    SELECT row_to_json(entry)::text
                      FROM (SELECT event.id, event.date, event.event_type,
                                   event.company_id, event.phase, event.user_id,
                                   event.user_name, event.order_id, event.order_name,
                                   event.product_id, event.product_name,
                                   event.warehouse_id, event.warehouse_name,
                                   event.quantity, event.value, event.currency_id,
                                   event.reason, event.trigger_source, event.payload
                           ) entry
                $$ LANGUAGE sql STABLE
                """
            )
        )

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _compute_seal(self):
        seals = {
            event_id: seal
            for event_id, *seal in self.env.execute_query(
                SQL(
                    """SELECT event_id, sequence, hash FROM backorder_event_seal
                        WHERE event_id = ANY(%s)""",
                    self.ids,
                )
            )
        }
        for event in self:
            sequence, hash_ = seals.get(event.id, (0, False))
            event.seal_sequence, event.seal_hash = sequence, hash_

    def _field_to_sql(self, alias, field_expr, query=None):
        """Read the seal of an entry from the table of seals, for the export."""
        if field_expr not in SEAL_FIELDS:
            return super()._field_to_sql(alias, field_expr, query)
        return SQL(
            "(SELECT %s FROM backorder_event_seal WHERE event_id = %s)",
            SQL.identifier(field_expr.removeprefix("seal_")),
            SQL.identifier(alias, "id"),
        )

    # ------------------------------------------------------------------
    # Sealing
    # ------------------------------------------------------------------

    @api.model
    def _cron_seal(self):
        """Seal the entries committed since the last run."""
        # each batch starts in a new transaction
        self.env["ir.cron"]._work_off(
            self._seal_batch, lambda count: count, self._count_unsealed()
        )

    @api.model
    def _seal_all(self):
        while self._seal_batch():
            pass

    @api.model
    def _count_unsealed(self):
        self.env.cr.execute("SELECT COUNT(*) FROM backorder_event_unsealed")
        return self.env.cr.fetchone()[0]

    @api.model
    def _seal_batch(self):
        """Seal the oldest entries visible to this transaction; return their number.

        Only one transaction seals at a time. A new transaction takes the lock before
        its snapshot and thus sees all previous seals. A transaction with an older
        snapshot fails if another one has sealed since, and Odoo retries it.
        """
        self.flush_model()
        self.env.cr.execute(
            "LOCK TABLE backorder_event_seal IN SHARE ROW EXCLUSIVE MODE"
        )
        rows = self._take_unsealed()
        if rows:
            self._write_seals(self._prepare_seals(rows))
            self.invalidate_model(SEAL_FIELDS)
        return len(rows)

    @api.model
    def _take_unsealed(self):
        """Return ``[(event_id, company_id, line)]`` of the oldest unsealed entries.

        The line of an entry that was deleted before it was sealed is ``None``.
        """
        return self.env.execute_query(
            SQL(
                """
                WITH taken AS (
                    DELETE FROM backorder_event_unsealed
                     WHERE event_id IN (SELECT event_id FROM backorder_event_unsealed
                                         ORDER BY event_id LIMIT %s)
                    RETURNING event_id, company_id
                )
                SELECT taken.event_id, taken.company_id,
                       CASE WHEN event.id IS NOT NULL
                            THEN backorder_event_line(event) END
                  FROM taken
                  LEFT JOIN backorder_event event ON event.id = taken.event_id
                 ORDER BY taken.event_id
                """,
                SEAL_BATCH,
            )
        )

    @api.model
    def _prepare_seals(self, rows):
        """Return the seals of ``rows``, each linked to the previous one."""
        last = {
            company_id: (sequence, hash_)
            for company_id, sequence, hash_ in self._read_last_seals(
                {company_id for _event_id, company_id, _line in rows}
            )
        }
        seals = []
        for event_id, company_id, line in rows:
            sequence, previous = last.get(company_id, (0, ""))
            digest = get_hash(line) if line else ""
            hash_ = get_seal_hash(previous, digest)
            last[company_id] = sequence + 1, hash_
            seals.append((event_id, company_id, sequence + 1, digest, hash_))
        return seals

    @api.model
    def _read_last_seals(self, company_ids):
        """Return ``[(company_id, sequence, hash)]`` of the companies with seals."""
        return self.env.execute_query(
            SQL(
                """
                SELECT last.company_id, last.sequence, last.hash
                  FROM unnest(%s) AS company(id)
                 CROSS JOIN LATERAL (
                       SELECT * FROM backorder_event_seal
                        WHERE company_id = company.id
                        ORDER BY sequence DESC LIMIT 1) last
                """,
                list(company_ids),
            )
        )

    @api.model
    def _write_seals(self, seals):
        """Write the seals.

        :raise ConcurrencyError: when another transaction has sealed entries that this
            one does not see, so that this one continued from an older seal
        """
        try:
            self.env.cr.execute_values(
                """INSERT INTO backorder_event_seal
                          (event_id, company_id, sequence, digest, hash) VALUES %s""",
                seals,
                page_size=1000,
            )
        except UniqueViolation as error:
            raise ConcurrencyError("Another transaction has sealed the log.") from error
