# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import LockNotAvailable

from odoo import models
from odoo.http import request
from odoo.tools import SQL

from ..locking import SideCursor

# How long a decision waits for the previous one; then it relies on the guard.
LOCK_TIMEOUT = "10s"
# The first key of the advisory locks, to keep them apart from others.
LOCK_SPACE = 0x6A7B


class StockPromiseGuard(models.AbstractModel):
    """One row per product and warehouse that every promise writes.

    Odoo runs in REPEATABLE READ: a transaction that waits for a lock continues with
    an old snapshot. Two decisions about one product and warehouse must therefore
    write the same row, so that the later one fails and is retried on the result of
    the earlier one.

    Retrying takes seconds. :meth:`_serialize` avoids it: it waits *before* the
    snapshot, on an advisory lock held by a second connection, of which a server
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

        Keys are sorted to avoid deadlocks.

        :raise SerializationFailure: when another decision about one of the
            keys was committed after this transaction began; Odoo retries the
            request
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
        """Wait for earlier decisions about ``keys`` and read their result.

        Only if :meth:`_is_fresh_request`: such a transaction holds no locks and
        may start again. Any other caller relies on
        :meth:`_touch` alone.
        """
        if not keys:
            return
        side = SideCursor.open(self.env.cr.dbname)
        try:
            is_locked = side and self._lock_keys(side.cr, sorted(set(keys)))
            # after a timeout the guard decides, on the current state
            self.env.cr.rollback()
        except Exception:
            if side:
                side.close()
            raise
        if is_locked:
            # not before rollback(), which runs and drops all hooks
            side.end_with(self.env.cr)
        elif side:
            side.close()

    def _lock_keys(self, lock_cr, keys):
        """Wait for the locks; return whether they were acquired in time."""
        products, warehouses = zip(*keys, strict=True)
        # unnest() keeps their order, which avoids deadlocks
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
        """Return whether the request only calls ``method`` and wrote nothing.

        :param method: the public method that the remote caller must have called
        """
        if not request or request.env.cr is not self.env.cr:
            return False
        return self._is_called_directly(method) and self._has_written_nothing()

    def _is_called_directly(self, method):
        """Whether a savepoint is open, which would not survive a rollback."""
        params = getattr(request, "params", None) or {}
        dispatcher = getattr(request, "dispatcher", None)
        if getattr(dispatcher, "routing_type", None) == "json2":
            return params.get("__method__") == method
        if params.get("service") == "object":
            return len(params.get("args", ())) > 4 and params["args"][4] == method
        return params.get("method") == method

    def _has_written_nothing(self):
        transaction = self.env.transaction
        if any(transaction.field_dirty.values()) or any(transaction.tocompute.values()):
            return False
        self.env.cr.execute(SQL("SELECT pg_current_xact_id_if_assigned() IS NULL"))
        return self.env.cr.fetchone()[0]
