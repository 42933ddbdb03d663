# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the server has to remember for the length of one operation.

A context key would do, were it not that any remote caller can set one: nothing
that decides may be read from the context.
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
    """What one operation tells whatever runs within it, as long as it runs.

    Each stands beside its user. The running operation restores what was there before;
    what is added to a dictionary or a set since a savepoint is undone with it.
    """

    def __init__(self, default=None):
        #: What it is outside of any operation, never changed in place.
        self.default = default

    def get(self, cr):
        return _vars.get(cr, {}).get(self, self.default)

    @contextmanager
    def setting(self, cr, value):
        """Let it be ``value`` within."""
        values = _vars.setdefault(cr, {})
        before = values.get(self, MISSING)
        values[self] = value
        try:
            yield value
        finally:
            _set(values, self, before)


# Beside the cursor: an operation may commit, and goes on.
_vars: WeakKeyDictionary = WeakKeyDictionary()


class TransactionDict:
    """A dictionary that lives as long as what was done with it.

    It ends with the transaction, and what was put into it since a savepoint is
    undone when Odoo rolls back to that savepoint: nothing is left of products,
    moves or orders that never came to be. Values are not changed in place.
    """

    def __init__(self, name):
        self.name = name

    def get_all(self, cr):
        """Return what there is, read-only."""
        values = _get_memory(cr).values.setdefault(self.name, {})
        return MappingProxyType(values)

    def put(self, cr, key, value):
        _get_memory(cr).put(self.name, key, value)

    def put_all(self, cr, values):
        for key, value in values.items():
            self.put(cr, key, value)

    def take(self, cr):
        """Return what there is, and forget it."""
        cr.precommit.data.pop(self.name, None)
        values = dict(self.get_all(cr))
        for key in values:
            self.put(cr, key, MISSING)
        return values

    def work_off(self, cr, work):
        """Call ``work`` before the commit, or a savepoint that flushes; it has to
        :meth:`take` what there is."""
        _get_memory(cr).works[self.name] = work
        _schedule(cr, self.name)


class TransactionMemory:
    """What all dictionaries of one transaction hold, and how it came about."""

    __slots__ = ("journal", "values", "works")

    def __init__(self):
        #: ``{name: {key: value}}``
        self.values: dict[str, dict] = {}
        #: What works off a dictionary before the commit, by its name.
        self.works: dict = {}
        #: ``(name, key, value before)`` of all changes.
        self.journal: list[tuple] = []

    def put(self, name, key, value):
        values = self.values.setdefault(name, {})
        self.journal.append((name, key, values.get(key, MISSING)))
        _set(values, key, value)

    def undo(self, length):
        """Undo the changes beyond the first ``length``; return whose they were."""
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
    """Have dictionary ``name`` worked off once, however often it is asked for."""
    if not cr.precommit.data.get(name):
        cr.precommit.data[name] = True
        cr.precommit.add(_get_memory(cr).works[name])


def _undo(cr, length):
    memory = _get_memory(cr)
    for name in memory.undo(length):
        if memory.values[name] and name in memory.works:
            _schedule(cr, name)


def _copy_sums(cr):
    """Return ``[(collection, copy)]`` of what the running operations add up."""
    values = _vars.get(cr, {}).values()
    return [(value, value.copy()) for value in values if isinstance(value, dict | set)]


def _restore_sums(copies):
    """Undo what was added since; an operation that began since has ended by now."""
    for collection, copy in copies:
        collection.clear()
        collection.update(copy)


def _follow_savepoints():
    """Let Odoo's savepoints undo what is remembered.

    Odoo has no hook for it. Whatever was patched in before is kept and called.
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
    """Return ``records`` without a caller's default for the fields ``names``.

    Any remote caller may put ``default_<field>`` in the context; what only the
    server decides must not come from there.
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

    Previews of one record share their cache: what an earlier one read, maybe before
    the order was confirmed, is forgotten first; nothing else is, as other records
    read again in the midst of a write would miss what it changes.
    """
    preview = record.new(origin=record)
    for field in record._fields.values():
        field._invalidate_cache(record.env, preview._ids)
    return record.new(vals, origin=record)
