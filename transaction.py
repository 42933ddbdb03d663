# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the server has to remember for the length of one operation.

A context key would do, were it not that any remote caller can set one: nothing
that decides may be read from the context.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary


class TransactionState:
    """The running operations of one cursor."""

    __slots__ = (
        "allocated",
        "consumed",
        "credit_added",
        "decrements",
        "free",
        "granted",
        "inherited_since",
        "is_handing_over",
        "is_merging",
        "moved_demand",
        "promisable",
        "source",
        "unserved",
        "verdicts",
    )

    def __init__(self):
        #: Ids of the orders that have been given stock.
        self.allocated: set = set()
        #: Orders, products and warehouses whose holds have been consumed for demand
        #: that is being launched, or None outside.
        self.consumed: set[tuple] | None = None
        #: What orders that pass in the running decision add to the credit in use, by
        #: customer and company.
        self.credit_added: dict[tuple, float] = {}
        #: Quantity taken per quant key while goods are moved, or None outside.
        self.decrements: dict[tuple, float] | None = None
        #: What holds leave per product and warehouse while moves are reserved, or
        #: None outside.
        self.free: dict[tuple, float] | None = None
        #: Ids of order lines that grow by a decision.
        self.granted: frozenset = frozenset()
        #: When the demand began to wait that an order takes over, by order id.
        self.inherited_since: dict = {}
        #: Whether demand goes from one order to another, which reserves nothing.
        self.is_handing_over = False
        #: Whether moves are being merged, which adds up what was judged before.
        self.is_merging = False
        #: Quantity that only changes its order, by product and warehouse.
        self.moved_demand: dict[tuple, float] = {}
        #: What the running confirmation could promise, by product and warehouse, or
        #: None outside.
        self.promisable: dict[tuple, float] | None = None
        #: What the outermost running operation calls itself.
        self.source: str | None = None
        #: Products and warehouses whose arrived stock the queue has yet to be served.
        self.unserved: frozenset = frozenset()
        #: The demand with which an order passed, by order id.
        self.verdicts: dict[int, tuple] = {}


_states: WeakKeyDictionary = WeakKeyDictionary()


def get_state(cr) -> TransactionState:
    """Return the state kept for cursor ``cr``."""
    state = _states.get(cr)
    if state is None:
        state = _states[cr] = TransactionState()
    return state


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
