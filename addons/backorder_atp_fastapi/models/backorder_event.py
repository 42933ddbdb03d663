# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

# The first key of the advisory locks, so that they meet no others.
LOCK_SPACE = 0x6A7C
# The second key is a number of four bytes: ids are compared modulo this.
LOCK_SIZE = 2**31
MARK = "backorder_atp_fastapi.feed_mark"


class BackorderEvent(models.Model):
    """Serving the log as a feed that misses nothing, and telling webhooks.

    Ids are given out as events are written, but transactions commit in any order:
    an entry may appear after others with higher ids. Who reads "everything after
    the last id I saw" would never see it. So whoever writes events first marks how
    far the log was, by an advisory lock that ends with his transaction, and the
    feed ends before the oldest mark.
    """

    _inherit = "backorder.event"

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            self._mark_feed()
        events = super().create(vals_list)
        self.env["backorder.webhook.delivery"]._enqueue(events)
        return events

    def _mark_feed(self):
        """Let the feed end here until this transaction has ended.

        The lock is taken each time: undone to a savepoint it would be lost. Taken
        again it costs next to nothing.
        """
        data = self.env.cr.postcommit.data
        if MARK not in data:
            data[MARK] = self._get_last_id() % LOCK_SIZE
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock_shared(%s, %s)", LOCK_SPACE, data[MARK])
        )

    def _get_last_id(self):
        """Return the last id that was given out, committed or not."""
        self.env.cr.execute(
            """SELECT CASE WHEN is_called THEN last_value ELSE 0 END
                 FROM backorder_event_id_seq"""
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _get_feed_end(self):
        """Return the id up to which nothing can appear any more.

        First the last id, then the marks, then the entries, which the caller reads
        in a transaction that begins only then: what wrote one of these ids has either
        ended, and can be seen, or is found by its mark.
        """
        last = self._get_last_id()
        self.env.cr.execute(
            SQL(
                """
                SELECT COALESCE(MAX((%(last)s - objid::bigint) & %(mask)s), 0)
                  FROM pg_locks
                 WHERE locktype = 'advisory' AND classid = %(space)s AND objsubid = 2
                   AND database = (SELECT oid FROM pg_database
                                    WHERE datname = current_database())
                """,
                last=last,
                mask=LOCK_SIZE - 1,
                space=LOCK_SPACE,
            )
        )
        [behind] = self.env.cr.fetchone()
        return last - behind
