# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""State that the server keeps for the duration of one operation.

The context is not used for it: any remote caller can set a context key, so nothing
that affects a decision may be read from there.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from types import MappingProxyType
from weakref import WeakKeyDictionary

from odoo.sql_db import Savepoint

MEMORY = "backorder_atp.memory"
MISSING = object()


class TransactionVar:
    """A value that an operation passes to everything that runs within it.

    Each variable is defined next to the code that uses it. The operation restores the
    previous value; additions to a dictionary or set are undone with their savepoint.
    """

    def __init__(self, default=None):
        #: The value outside of any operation, never changed in place.
        self.default = default

    def get(self, cr):
        return _vars.get(cr, {}).get(self, self.default)

    @contextmanager
    def setting(self, cr, value):
        """Set ``value`` within this context."""
        values = _vars.setdefault(cr, {})
        before = values.get(self, MISSING)
        values[self] = value
        try:
            yield value
        finally:
            _set(values, self, before)


# Stored by cursor: an operation may commit and continue.
_vars: WeakKeyDictionary = WeakKeyDictionary()


class TransactionDict:
    """A dictionary that lives as long as the transaction.

    Entries added since a savepoint are removed when Odoo rolls back to it, so that
    none refers to products, moves or orders that were undone. Values are not changed
    in place.
    """

    def __init__(self, name):
        self.name = name

    def get_all(self, cr):
        """Return all entries, read-only."""
        values = _get_memory(cr).values.setdefault(self.name, {})
        return MappingProxyType(values)

    def put(self, cr, key, value):
        _get_memory(cr).put(self.name, key, value)

    def put_all(self, cr, values):
        for key, value in values.items():
            self.put(cr, key, value)

    def take(self, cr):
        """Return all entries and clear the dictionary."""
        cr.precommit.data.pop(self.name, None)
        values = dict(self.get_all(cr))
        for key in values:
            self.put(cr, key, MISSING)
        return values

    def work_off(self, cr, work):
        """Call ``work`` before the commit, or before a savepoint that flushes. It has
        to :meth:`take` the entries."""
        _get_memory(cr).works[self.name] = work
        _schedule(cr, self.name)


class TransactionMemory:
    """The entries of all dictionaries of one transaction, and their history."""

    __slots__ = ("journal", "values", "works")

    def __init__(self):
        #: ``{name: {key: value}}``
        self.values: dict[str, dict] = {}
        #: The function that processes a dictionary before the commit, by its name.
        self.works: dict = {}
        #: ``(name, key, value before)`` of all changes.
        self.journal: list[tuple] = []

    def put(self, name, key, value):
        values = self.values.setdefault(name, {})
        self.journal.append((name, key, values.get(key, MISSING)))
        _set(values, key, value)

    def undo(self, length):
        """Undo all changes after the first ``length``; return the names concerned."""
        undone = set()
        while len(self.journal) > length:
            name, key, value = self.journal.pop()
            _set(self.values[name], key, value)
            undone.add(name)
        return undone


def _set(values, key, value):
    if value is MISSING:
        values.pop(key, None)
    else:
        values[key] = value


def _get_memory(cr):
    # the data of postcommit, unlike that of precommit, last until the commit
    return cr.postcommit.data.setdefault(MEMORY, TransactionMemory())


def _schedule(cr, name):
    """Schedule the processing of dictionary ``name``, once per commit."""
    if not cr.precommit.data.get(name):
        cr.precommit.data[name] = True
        cr.precommit.add(_get_memory(cr).works[name])


def _undo(cr, length):
    memory = _get_memory(cr)
    for name in memory.undo(length):
        if memory.values[name] and name in memory.works:
            _schedule(cr, name)


def _copy_sums(cr):
    """Return ``[(collection, copy)]`` of the collections of running operations."""
    values = _vars.get(cr, {}).values()
    return [(value, value.copy()) for value in values if isinstance(value, dict | set)]


def _restore_sums(copies):
    """Undo later additions. Operations that began later have ended by now."""
    for collection, copy in copies:
        collection.clear()
        collection.update(copy)


def _follow_savepoints():
    """Let Odoo's savepoints undo the stored state.

    Odoo has no hook for this. Earlier patches are kept and called.
    """
    original_init, original_rollback = Savepoint.__init__, Savepoint.rollback

    @wraps(original_init)
    def __init__(self, cr):
        original_init(self, cr)
        # a test's savepoint is one of the bare connection, without callbacks
        if hasattr(cr, "postcommit"):
            self._backorder_atp_length = len(_get_memory(cr).journal)
            self._backorder_atp_sums = _copy_sums(cr)

    @wraps(original_rollback)
    def rollback(self):
        original_rollback(self)
        if hasattr(self, "_backorder_atp_length"):
            _undo(self._cr, self._backorder_atp_length)
            _restore_sums(self._backorder_atp_sums)

    Savepoint.__init__, Savepoint.rollback = __init__, rollback


_follow_savepoints()


def without_defaults(records, names):
    """Return ``records`` without a caller's defaults for the fields ``names``.

    Any remote caller can put ``default_<field>`` in the context; fields that only the
    server sets must not take their value from there.
    """
    if records.env.su:
        return records
    keys = {f"default_{name}" for name in names} & records.env.context.keys()
    if not keys:
        return records
    context = {
        key: value for key, value in records.env.context.items() if key not in keys
    }
    # pylint: disable=context-overridden
    return records.with_context(context)


def get_preview(record, vals):
    """Return ``record`` as it would be with ``vals``.

    Previews of one record share their cache, so values that an earlier preview read,
    maybe before the order was confirmed, are invalidated first. Other records are
    not: reading them again during a write would miss its changes.
    """
    preview = record.new(origin=record)
    for field in record._fields.values():
        field._invalidate_cache(record.env, preview._ids)
    return record.new(vals, origin=record)
