# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

# The first key of the advisory locks, to keep them apart from others.
LOCK_SPACE = 0x6A7C
# The second key has four bytes: ids are compared modulo this.
LOCK_SIZE = 2**31
MARK = "backorder_atp_fastapi.feed_mark"


class BackorderEvent(models.Model):
    """The log as a complete feed, and as the source of webhook deliveries.

    Ids are assigned as events are written, but transactions commit in any order: an
    entry may become visible after others with higher ids, and a reader of "all after
    the last id" would miss it. Therefore a transaction that writes events first marks
    the last id at that time, by an advisory lock that ends with the transaction, and
    the feed ends before the oldest mark.
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

        The lock is taken each time, as a rollback to a savepoint releases it. Taking it
        again costs next to nothing.
        """
        data = self.env.cr.postcommit.data
        if MARK not in data:
            data[MARK] = self._get_last_id() % LOCK_SIZE
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock_shared(%s, %s)", LOCK_SPACE, data[MARK])
        )

    def _get_last_id(self):
        """Return the last id that was assigned, committed or not."""
        self.env.cr.execute(
            """SELECT CASE WHEN is_called THEN last_value ELSE 0 END
                 FROM backorder_event_id_seq"""
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _get_feed_end(self):
        """Return the id up to which no further entry can become visible.

        First the last id is read, then the marks, then the entries, which the caller
        reads in a new transaction: the transaction that wrote one of these ids has
        either ended, and its entries are visible, or is found by its mark.
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
