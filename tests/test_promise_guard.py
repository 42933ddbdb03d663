# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier

from psycopg2 import Error
from psycopg2.errors import DeadlockDetected, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged

from ..locking import side_pool
from ..models.stock_promise_guard import LOCK_MASK, LOCK_SPACE

# No product or warehouse has these ids.
KEY, OTHER_KEY = (2_000_000_001, 2_000_000_001), (2_000_000_002, 2_000_000_001)


@tagged("post_install", "-at_install")
class TestPromiseGuard(BaseCase):
    """B8: claims between transactions of separate connections."""

    def setUp(self):
        super().setUp()
        self.addCleanup(side_pool.close_all)
        self.addCleanup(self._delete_claims)

    def _begin(self):
        """Return the guard of a new transaction that has taken its snapshot."""
        cr = db_connect(get_db_name()).cursor()
        self.addCleanup(self._close, cr)
        cr.execute("SELECT 1")
        return api.Environment(cr, SUPERUSER_ID, {})["stock.promise.guard"]

    def _finish(self, guard, is_kept):
        if is_kept:
            guard.env.cr.commit()
        else:
            guard.env.cr.rollback()

    def _close(self, cr):
        with suppress(Error):  # its connection may be lost
            cr.close()

    def _delete_claims(self):
        with db_connect(get_db_name()).cursor() as cr:
            cr.execute(
                "DELETE FROM stock_promise_claim WHERE product_id IN %s",
                [(KEY[0], OTHER_KEY[0])],
            )

    def _count_claims(self):
        with db_connect(get_db_name()).cursor() as cr:
            cr.execute(
                "SELECT COUNT(*) FROM stock_promise_claim WHERE product_id = %s",
                [KEY[0]],
            )
            return cr.fetchone()[0]

    def _get_unseen(self, guard, quantity=1.0):
        guard._claim({KEY: quantity})
        return guard._get_unseen_quantities().get(KEY, 0.0)

    def test_promise_in_flight_counts_for_others(self):
        """B8: from the claim on, without any wait, for the same stock alone."""
        first, second = self._begin(), self._begin()
        self.assertEqual(self._get_unseen(first, 2.0), 0)
        self.assertEqual(self._get_unseen(second), 2)
        second._claim({OTHER_KEY: 5.0})
        self.assertNotIn(OTHER_KEY, second._get_unseen_quantities())

    def test_claims_are_exchanged_one_after_the_other(self):
        """B8: of two decisions, one always knows of the other."""
        guard = self._begin()
        with (
            ThreadPoolExecutor(1) as threads,
            db_connect(get_db_name()).cursor() as cr,
        ):
            cr.execute(
                "SELECT pg_advisory_xact_lock_shared("
                "    %s, hashint8(%s::int8 << 32 | %s) & %s)",
                [LOCK_SPACE, *KEY, LOCK_MASK],
            )
            claimed = threads.submit(guard._claim, {KEY: 1.0})
            self._wait_until_waiting()
            self.assertFalse(claimed.done())
            cr.rollback()
            self.assertIsNone(claimed.exception())

    def test_many_products_take_few_locks(self):
        """B8: PostgreSQL has no room for a lock of each product of a large import."""
        guard = self._begin()
        keys = [(KEY[0], KEY[1] + number) for number in range(20 * LOCK_MASK)]
        guard._claim(dict.fromkeys(keys, 1.0))
        other = self._begin()
        other._claim(dict.fromkeys(keys[:2], 1.0))
        self.assertEqual(other._get_unseen_quantities(), dict.fromkeys(keys[:2], 1))

    def test_own_claims_do_not_count(self):
        """B8: a transaction sees its own promises itself."""
        guard = self._begin()
        self._get_unseen(guard, 2.0)
        self.assertEqual(self._get_unseen(guard), 0)

    def test_committed_promise_counts_for_older_snapshots_only(self):
        """B8: either the snapshot contains the promise, or the claim counts."""
        first, older = self._begin(), self._begin()
        self._get_unseen(first, 2.0)
        first.env.cr.commit()
        self.assertEqual(self._get_unseen(older), 2)
        self.assertEqual(self._get_unseen(self._begin()), 1)  # of the older one

    def test_promise_that_is_rolled_back_does_not_count(self):
        """B8: nothing has to be cleaned up."""
        first, older = self._begin(), self._begin()
        self._get_unseen(first, 2.0)
        first.env.cr.rollback()
        self.assertEqual(self._get_unseen(older), 0)

    def test_promise_of_a_lost_connection_does_not_count(self):
        """B8: as when its process was killed."""
        first, older = self._begin(), self._begin()
        self._get_unseen(first, 2.0)
        first.env.cr.execute("SELECT pg_backend_pid()")
        [pid] = first.env.cr.fetchone()
        older.env.cr.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        self.assertEqual(self._get_unseen(older), 0)

    def test_claims_of_a_restored_database_do_not_count(self):
        """B8: transaction ids of another server mean nothing here."""
        self._restore_claim()
        self.assertEqual(self._get_unseen(self._begin()), 0)

    def _restore_claim(self):
        with db_connect(get_db_name()).cursor() as cr:
            cr.execute(
                "INSERT INTO stock_promise_claim VALUES"
                " (%s, %s, 9, '9000000000000', now() - interval '1 day')",
                KEY,
            )

    def test_settling_ends_with_the_other_transaction(self):
        """B8: a withdrawn promise counts no more; one that was kept needs a retry."""
        for is_kept in (False, True):
            with self.subTest(is_kept=is_kept):
                first, second = self._begin(), self._begin()
                self._get_unseen(first, 2.0)
                self.assertEqual(self._get_unseen(second), 2)
                with ThreadPoolExecutor(1) as threads:
                    settled = threads.submit(second._settle_unseen, [KEY])
                    self._wait_until_waiting()
                    self.assertFalse(settled.done())
                    self._finish(first, is_kept)
                    error = settled.exception()
                if is_kept:
                    self.assertIsInstance(error, SerializationFailure)
                else:
                    self.assertIsNone(error)
                    self.assertFalse(second._get_unseen_quantities())
                second.env.cr.rollback()

    def _wait_until_waiting(self):
        with db_connect(get_db_name()).cursor() as cr:
            for _attempt in range(100):
                cr.execute(
                    "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                )
                if cr.rowcount:
                    return
                cr.execute("SELECT pg_sleep(0.05)")
        self.fail("nothing waits")

    def test_changes_and_promises_exclude_each_other(self):
        """B8: the later one is retried, whichever it is; a rolled back one is not."""
        for is_kept in (False, True):
            for early, late in (("_touch", "_claim"), ("_claim", "_touch")):
                with self.subTest(early=early, is_kept=is_kept):
                    first, second = self._begin(), self._begin()
                    getattr(first, early)({KEY: 1.0})
                    self._finish(first, is_kept)
                    if is_kept:
                        with self.assertRaises(SerializationFailure):
                            getattr(second, late)({KEY: 1.0})
                    else:
                        getattr(second, late)({KEY: 1.0})
                    second.env.cr.rollback()

    def test_two_that_wait_for_each_other_do_not_hang(self):
        """B8: PostgreSQL ends one of them at once, and Odoo retries it."""
        guards = [self._begin(), self._begin()]
        for guard, key in zip(guards, (KEY, OTHER_KEY), strict=True):
            guard._claim({key: 1.0})
        barrier = Barrier(2)

        def wait(guard, key):
            guard._claim({key: 1.0})
            barrier.wait()
            try:
                guard._settle_unseen([key])
            finally:
                guard.env.cr.rollback()

        with ThreadPoolExecutor(2) as threads:
            waits = [
                threads.submit(partial(wait, *pair))
                for pair in zip(guards, (OTHER_KEY, KEY), strict=True)
            ]
            errors = [each.exception() for each in waits]
        self.assertEqual(sum(isinstance(each, DeadlockDetected) for each in errors), 1)
        self.assertEqual(sum(each is None for each in errors), 1)

    def test_only_claims_that_nobody_needs_are_deleted(self):
        """B8: an older snapshot still finds what was promised since."""
        older, first = self._begin(), self._begin()
        self._get_unseen(first, 2.0)
        first.env.cr.commit()
        self._restore_claim()
        self.assertEqual(self._count_claims(), 2)
        sweeper = self._begin()
        sweeper._gc_claims()
        sweeper.env.cr.commit()
        self.assertEqual(self._count_claims(), 1)
        self.assertEqual(self._get_unseen(older), 2)

    def test_decisions_wait_for_the_exchange_of_claims_only(self):
        """B8: whoever promises the same stock next does not wait for a commit."""
        self._get_unseen(self._begin())
        with db_connect(get_db_name()).cursor() as cr:
            cr.execute("SELECT FROM pg_locks WHERE classid = %s", [LOCK_SPACE])
            self.assertFalse(cr.rowcount)
