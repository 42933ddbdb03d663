# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which orders get less stock, or get it later, once another order joins the queue.

This module does not use Odoo: orders can be any hashable object, days anything that
can be sorted; quantities are floats in the product's unit. It stores nothing.

>>> claims = [Claim("S2", (2,), 3.0), Claim("S3", (3,), 2.0)]
>>> [(old, new)] = find_losers(claims, [(None, 5.0), (7, 2.0)], Claim("S1", (1,), 2.0))
>>> old.order, old.quantity, old.day, new.quantity, new.day
('S3', 2.0, None, 2.0, 7)
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

# Tolerance for the rounding errors of sums of floats.
EPSILON = 1e-6


@dataclass
class Claim:
    """The demand of an order for a product, and its allocation; product's unit."""

    order: Hashable
    #: Its place in the queue.
    position: tuple
    missing: float
    #: ``(day or None for now, quantity)``
    given: list = field(default_factory=list)
    #: Served as a whole or not at all: those behind it go first until then.
    is_whole: bool = False

    @property
    def quantity(self):
        return sum(quantity for _day, quantity in self.given)

    @property
    def is_complete(self):
        return self.missing - self.quantity < EPSILON

    @property
    def day(self):
        """The day of the last part; None if all of it is available now."""
        return max((day for day, _quantity in self.given if day), default=None)

    def is_worse_than(self, other):
        """Whether this claim gets less than ``other``, or on another day."""
        return other.quantity - self.quantity > EPSILON or (
            other.is_complete and self.is_complete and other.day != self.day
        )


def find_losers(claims, supply, own):
    """Return ``[(claim before, claim after)]`` of the claims that lose to ``own``.

    :param claims: the claims of all other orders
    :param supply: ``[(day or None for now, quantity)]``, earliest first
    :param own: the claim that is added to the queue
    """
    before = allocate(claims, supply)
    after = allocate([*claims, own], supply)
    return [
        (before[order], claim)
        for order, claim in after.items()
        if order in before and claim.is_worse_than(before[order])
    ]


def allocate(claims, supply):
    """Return ``{order: claim}``, with the supply allocated, arrival by arrival.

    >>> whole = Claim("S1", (1,), 5.0, is_whole=True)
    >>> given = allocate([whole, Claim("S2", (2,), 2.0)], [(None, 3.0), (7, 4.0)])
    >>> given["S1"].given, given["S2"].given
    ([(None, 1.0), (7, 4.0)], [(None, 2.0)])
    """
    claims = sorted(claims, key=lambda claim: claim.position)
    served = [replace(claim, given=[]) for claim in claims]
    arrived = []
    for part in supply:
        arrived.append(list(part))
        for claim in served:
            if not arrived:
                break
            _serve(claim, arrived)
    return {claim.order: claim for claim in served}


def _serve(claim, supply):
    """Allocate ``supply`` to ``claim``, and subtract it."""
    there = sum(quantity for _day, quantity in supply)
    if claim.is_whole and claim.missing - there > EPSILON:
        return
    while not claim.is_complete and supply:
        day, quantity = supply[0]
        given = min(quantity, claim.missing - claim.quantity)
        claim.given.append((day, given))
        supply[0][1] -= given
        if supply[0][1] <= EPSILON:
            supply.pop(0)
