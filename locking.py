# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Taking turns: the next piece of work, or a lock beside one's own transaction."""

from threading import BoundedSemaphore

from psycopg2 import Error

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import Connection, ConnectionPool, PoolError, connection_info_for

MAX_ATTEMPTS = 5
# Connections of this process for what is done beside a request's own transaction. The
# requests never have to share theirs: however many are refused or take locks at once,
# none is left without a connection.
SIDE_CONNECTIONS = 8
WAIT_SECONDS = 10
_side_pool = ConnectionPool(SIDE_CONNECTIONS)
_side_slots = BoundedSemaphore(SIDE_CONNECTIONS)


class SideCursor:
    """A cursor beside that of the request, of which there are only so many."""

    @classmethod
    def open(cls, dbname):
        """Return one, or None where none is free in time."""
        if not _side_slots.acquire(timeout=WAIT_SECONDS):
            return None
        try:
            return cls(Connection(_side_pool, *connection_info_for(dbname)).cursor())
        except (Error, PoolError):  # the database has no connection left either
            _side_slots.release()
            return None

    def __init__(self, cr):
        self.cr = cr

    def close(self):
        """Let go of the connection, and the locks; once is enough."""
        cr, self.cr = self.cr, None
        if cr:
            try:
                cr.close()
            finally:
                _side_slots.release()


def take_next(cr, take):
    """Return what ``take`` has found and locked, by what is true now.

    PostgreSQL skips what others have locked, but refuses to lock what they have
    changed since the transaction began to read. Then it is read anew: nothing may
    be uncommitted here.
    """
    for _attempt in range(MAX_ATTEMPTS - 1):
        try:
            return take()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            cr.rollback()
    return take()
