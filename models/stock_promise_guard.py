# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import LockNotAvailable

from odoo import models
from odoo.http import request
from odoo.tools import SQL

from ..locking import SideCursor

# How long a decision waits for the one before it; beyond that the guard decides.
LOCK_TIMEOUT = "10s"
# The first key of the advisory locks, so that they meet no others.
LOCK_SPACE = 0x6A7B


class StockPromiseGuard(models.AbstractModel):
    """One row per product and warehouse that every promise writes.

    Odoo runs in REPEATABLE READ: whoever waits for a lock goes on with an old
    snapshot. Two decisions about one product and warehouse must therefore
    write the same row, so that the later one fails and is run again on what
    the earlier one left.

    Running again costs seconds. :meth:`_serialize` avoids it: it waits *before*
    the snapshot, on an advisory lock held by a second connection, of which a server
    process has a few.
    """

    _name = "stock.promise.guard"
    _description = "Promise Guard"

    def init(self):
        self.env.cr.execute(
            SQL(
                """CREATE TABLE IF NOT EXISTS stock_promise_guard (
                       product_id integer NOT NULL,
                       warehouse_id integer NOT NULL,
                       version bigint NOT NULL DEFAULT 1,
                       PRIMARY KEY (product_id, warehouse_id)
                   ) WITH (fillfactor = 70)"""
            )
        )

    def _touch(self, keys):
        """Write the guard of each ``(product_id, warehouse_id)`` in ``keys``.

        Keys are sorted, so that two callers never wait for each other.

        :raise SerializationFailure: when another decision about one of the
            keys was committed after this transaction began; Odoo runs the
            request again
        """
        if not keys:
            return
        rows = SQL(", ").join(SQL("(%s, %s)", *key) for key in sorted(set(keys)))
        self.env.cr.execute(
            SQL(
                """INSERT INTO stock_promise_guard AS guard (product_id, warehouse_id)
                   VALUES %s
                   ON CONFLICT (product_id, warehouse_id)
                   DO UPDATE SET version = guard.version + 1""",
                rows,
            )
        )

    def _serialize(self, keys):
        """Wait for earlier decisions about ``keys`` and see what they left.

        Only where :meth:`_is_fresh_request`: such a transaction holds no lock
        that somebody waits for and may begin anew. Any other caller relies on
        :meth:`_touch` alone.
        """
        if not keys:
            return
        side = SideCursor.open(self.env.cr.dbname)
        try:
            is_locked = side and self._lock_keys(side.cr, sorted(set(keys)))
        except Exception:
            side.close()
            raise
        # where it waited long enough, the guard decides, on what there is by now
        self.env.cr.rollback()
        if is_locked:
            # rollback() has run and dropped the older hooks: release from here on
            self.env.cr.postcommit.add(side.close)
            self.env.cr.postrollback.add(side.close)
        elif side:
            side.close()

    def _lock_keys(self, lock_cr, keys):
        """Wait for the locks; return whether they could be had in time."""
        products, warehouses = zip(*keys, strict=True)
        # unnest() keeps their order: two callers never wait for each other
        query = SQL(
            """SET LOCAL lock_timeout = %s;
                   SELECT pg_advisory_xact_lock(%s, hashint8(product << 32 | warehouse))
                     FROM unnest(%s::bigint[], %s::bigint[])
                          AS key (product, warehouse)""",
            LOCK_TIMEOUT,
            LOCK_SPACE,
            list(products),
            list(warehouses),
        )
        try:
            lock_cr.execute(query, log_exceptions=False)
        except LockNotAvailable:
            return False
        return True

    def _is_fresh_request(self, method):
        """Tell whether the request only asks for ``method`` and wrote nothing.

        :param method: the public method the remote caller has to have named
        """
        if not request or request.env.cr is not self.env.cr:
            return False
        return self._is_called_directly(method) and self._has_written_nothing()

    def _is_called_directly(self, method):
        """A savepoint between the request and us would not outlive a rollback."""
        params = getattr(request, "params", None) or {}
        if params.get("service") == "object":
            return len(params.get("args", ())) > 4 and params["args"][4] == method
        return params.get("method") == method

    def _has_written_nothing(self):
        transaction = self.env.transaction
        if any(transaction.field_dirty.values()) or any(transaction.tocompute.values()):
            return False
        self.env.cr.execute(SQL("SELECT pg_current_xact_id_if_assigned() IS NULL"))
        return self.env.cr.fetchone()[0]
