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

    __slots__ = ("decrements", "is_merging", "source", "verdicts")

    def __init__(self):
        #: Quantity taken per quant key while goods are moved, or None outside.
        self.decrements: dict[tuple, float] | None = None
        #: Whether moves are being merged, which adds up what was judged before.
        self.is_merging = False
        #: What the outermost running operation calls itself.
        self.source: str | None = None
        #: The demand with which an order passed, by order id.
        self.verdicts: dict[int, tuple] = {}


_states: WeakKeyDictionary = WeakKeyDictionary()


def get_state(cr) -> TransactionState:
    """Return the state kept for cursor ``cr``."""
    state = _states.get(cr)
    if state is None:
        state = _states[cr] = TransactionState()
    return state
