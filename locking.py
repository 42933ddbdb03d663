# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Taking the next piece of work where several workers take some."""

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

MAX_ATTEMPTS = 5


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
