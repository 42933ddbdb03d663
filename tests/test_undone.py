# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo.tests import tagged

from ..transaction import TransactionDict, TransactionVar
from .common import BackorderCommon


class UndoneCommon(BackorderCommon):
    """Operations that an import, an installation or another addon rolls back."""

    @contextmanager
    def _undone(self):
        """Roll back to a savepoint, as Odoo does with demo data that fails."""
        self.env.cr.flush()
        savepoint = self.env.cr.savepoint(flush=False)
        yield
        savepoint.close(rollback=True)
        self.env.transaction.clear()

    def _get_retries(self, product):
        self.env.cr.flush()
        return self.retries.search([("product_id", "=", product.id)])


@tagged("post_install", "-at_install")
class TestUndone(UndoneCommon):
    def test_product_that_was_rolled_back(self):
        """C2: its stock is rolled back with it, and the rest is committed."""
        with self._undone():
            self._receive(self._create_product("Given Up"), 5)
        self._receive(self.protected, 3)
        self.assertTrue(self._get_retries(self.protected))

    def test_earlier_changes_are_kept(self):
        """C2: stock that rose before a rolled back part is allocated, even if that part
        had begun to process it."""
        order = self._confirm((self.backorderable, 2))
        for flush in (False, True):
            with self.subTest(flush=flush):
                self._force_stock(self.backorderable, 1)
                self.env.flush_all()
                savepoint = self.env.cr.savepoint(flush=flush)
                self._receive(self.protected, 5)
                self.env.cr.flush()
                savepoint.close(rollback=True)
                self.env.transaction.clear()
                self.assertTrue(self._get_retries(self.backorderable))
                self.assertFalse(self._get_retries(self.protected))
                self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_rolled_back_decrement(self):
        """A3: stock already below zero is not refused for a decrement that was rolled
        back."""
        self._force_stock(self.protected, -2)
        with self.env["stock.quant"]._checking_decrements():
            with self._undone():
                self._force_stock(self.protected, -5)
            self._force_stock(self.backorderable, -1)
        self.assertEqual(self._get_quants(self.protected).quantity, -2)
        self.assertEqual(self._get_quants(self.backorderable).quantity, -1)

    def test_dictionary_follows_savepoints(self):
        """C2: a nested rollback undoes its own part, the commit ends all."""
        cr, notes = self.env.cr, TransactionDict("backorder_atp.test")
        notes.put(cr, "a", 1)
        outer = cr.savepoint(flush=False)
        notes.put(cr, "a", 2)
        inner = cr.savepoint(flush=False)
        notes.put(cr, "b", 3)
        inner.rollback()
        self.assertEqual(dict(notes.get_all(cr)), {"a": 2})
        notes.put(cr, "b", 4)
        inner.close(rollback=False)
        self.assertEqual(notes.take(cr), {"a": 2, "b": 4})
        outer.close(rollback=True)
        self.assertEqual(dict(notes.get_all(cr)), {"a": 1})
        cr.postcommit.clear()  # like a commit
        self.assertFalse(notes.get_all(cr))

    def test_operation_follows_savepoints(self):
        """C2: sums of an operation are undone with the savepoint."""
        cr, sums = self.env.cr, TransactionVar({})
        with sums.setting(cr, {"a": 1}) as added:
            savepoint = cr.savepoint(flush=False)
            added["a"] = 2
            with sums.setting(cr, {"b": 3}):
                self.assertEqual(sums.get(cr), {"b": 3})
            self.assertEqual(sums.get(cr), {"a": 2})
            savepoint.close(rollback=True)
            self.assertEqual(sums.get(cr), {"a": 1})
        self.assertEqual(sums.get(cr), {})

    def test_undone_work_is_done_again(self):
        """C2: work done within a rolled back part is done again afterwards."""
        cr, notes, done = self.env.cr, TransactionDict("backorder_atp.test"), []
        notes.put(cr, "a", 1)
        notes.work_off(cr, lambda: done.append(notes.take(cr)))
        savepoint = cr.savepoint(flush=False)
        cr.flush()
        notes.put(cr, "b", 2)
        savepoint.close(rollback=True)
        cr.flush()
        self.assertEqual(done, [{"a": 1}, {"a": 1}])
