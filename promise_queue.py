# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who gets less, or later, once another order comes before them in the queue.

No Odoo in here: orders are anything that can be the key of a dictionary, days anything
that can be ordered, quantities are floats in the product's unit. Nothing is written.

>>> waiting = [Claim("S2", (2,), 3.0), Claim("S3", (3,), 2.0)]
>>> [(old, new)] = find_losers(waiting, [(None, 5.0), (7, 2.0)], Claim("S1", (1,), 2.0))
>>> old.order, old.quantity, old.day, new.quantity, new.day
('S3', 2.0, None, 2.0, 7)
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

# Sums of floats differ from what a person would write by less than this.
EPSILON = 1e-6


@dataclass
class Claim:
    """What one order wants of one product, and what it gets; product's unit."""

    order: Hashable
    #: Its place in the queue.
    position: tuple
    missing: float
    #: ``(day or None for now, quantity)``
    given: list = field(default_factory=list)

    @property
    def quantity(self):
        return sum(quantity for _day, quantity in self.given)

    @property
    def is_complete(self):
        return self.missing - self.quantity < EPSILON

    @property
    def day(self):
        """When the last part comes: None for now."""
        return max((day for day, _quantity in self.given if day), default=None)

    def is_worse_than(self, other):
        """Whether this gets less than ``other``, or at another time."""
        return other.quantity - self.quantity > EPSILON or (
            other.is_complete and self.is_complete and other.day != self.day
        )


def find_losers(claims, supply, own):
    """Return ``[(claim before, claim after)]`` of those that lose by ``own``.

    :param claims: the claims of all other orders
    :param supply: ``[(day or None for now, quantity)]``, the first to come first
    :param own: the claim that is added to the queue
    """
    before = hand_out(claims, supply)
    after = hand_out([*claims, own], supply)
    return [
        (before[order], claim)
        for order, claim in after.items()
        if order in before and claim.is_worse_than(before[order])
    ]


def hand_out(claims, supply):
    """Return ``{order: claim}``, supplied one after the other."""
    supply = [list(part) for part in supply]
    return {
        claim.order: _serve(claim, supply)
        for claim in sorted(claims, key=lambda claim: claim.position)
    }


def _serve(claim, supply):
    """Return ``claim`` with what it gets; that is taken off ``supply``."""
    served = Claim(claim.order, claim.position, claim.missing)
    while not served.is_complete and supply:
        day, quantity = supply[0]
        given = min(quantity, served.missing - served.quantity)
        served.given.append((day, given))
        supply[0][1] -= given
        if supply[0][1] <= EPSILON:
            supply.pop(0)
    return served
