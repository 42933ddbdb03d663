# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Locking the next batch of work, and cursors beside the current transaction."""

from contextlib import suppress
from threading import BoundedSemaphore

from psycopg2 import Error
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import Connection, ConnectionPool, PoolError, connection_info_for

MAX_ATTEMPTS = 5
# Connections of this process for work beside a request's own transaction. Requests do
# not share the regular pool for it: however many promise or are refused at once, each
# still has its own connection.
SIDE_CONNECTIONS = 8
WAIT_SECONDS = 10
side_pool = ConnectionPool(SIDE_CONNECTIONS)
_side_slots = BoundedSemaphore(SIDE_CONNECTIONS)


def _connect(dbname):
    return Connection(side_pool, *connection_info_for(dbname)).cursor()


class SideCursor:
    """A cursor beside that of the request. Their number is limited."""

    @classmethod
    def open(cls, dbname):
        """Return a cursor, or None if none becomes free in time."""
        if not _side_slots.acquire(timeout=WAIT_SECONDS):
            return None
        try:
            return cls(cls._connect(dbname))
        except (Error, PoolError):  # the database has no connection left either
            _side_slots.release()
            return None

    @staticmethod
    def _connect(dbname):
        return _connect(dbname)

    def __init__(self, cr):
        self.cr = cr

    def close(self):
        """Release the connection and its locks; repeated calls do nothing.

        It never fails, as that would keep the request's own transaction from ending: a
        lost connection has lost its locks as well.
        """
        cr, self.cr = self.cr, None
        if cr:
            try:
                with suppress(Error):
                    cr.close()
            finally:
                _side_slots.release()


class FreshCursor(SideCursor):
    """A side cursor each of whose statements sees everything committed before."""

    @staticmethod
    def _connect(dbname):
        cr = _connect(dbname)
        cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
        return cr


def take_next(cr, take):
    """Return the records that ``take`` finds and locks, from a current snapshot.

    PostgreSQL skips rows that others have locked, but refuses to lock rows that were
    changed since the transaction's snapshot. The transaction is then rolled back and
    the rows are read again, so it must have no uncommitted changes.
    """
    for _attempt in range(MAX_ATTEMPTS - 1):
        try:
            return take()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            cr.rollback()
    return take()
