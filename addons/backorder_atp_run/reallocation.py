# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reallocation of the supply of one product in one warehouse.

Independent of Odoo. Strategies are processed one after the other, lines of one
strategy in the given order; each takes from the free supply and leaves the rest to
the following ones, in O(n log n) for n lines.

============ ============================================================
skip         no change
win          everything by the requested day, or an exception
gain         never less than before on any day, or an exception
improve      as before if possible, sooner if something is left
redistribute whatever is left, as soon as it is free
fill         at most as before, on any day
lose         nothing
============ ============================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from odoo.addons.backorder_atp_promise_date.free_supply import EPSILON

STRATEGIES = ("skip", "win", "gain", "improve", "redistribute", "fill", "lose")


@dataclass
class Demand:
    """Demand of one line; days and quantities as in the supply."""

    id: Any
    quantity: float
    reserved: float
    wanted: Any
    strategy: str = "skip"
    #: Whether it ships complete: a partial quantity is left to others.
    is_whole: bool = False

    @property
    def missing(self):
        return max(0.0, self.quantity - self.reserved)


@dataclass
class Share:
    """What a line gets: the quantity today, and the day of everything, if any."""

    reserved: float
    day: Any
    #: Key of the reason, which the caller translates into a text.
    reason: str = ""
    is_exception: bool = False
    #: ``(day, quantity)`` taken from the supply.
    parts: tuple = ()


class Reallocation:
    """One product in one warehouse.

    :param supply: :class:`~.free_supply.FreeSupply` without these demands
    :param today: the first day
    :param demands: :class:`Demand`, in the current order of the queue
    """

    def __init__(self, supply, today, demands):
        self._supply = supply
        self.today = today
        self.demands = demands
        self.before = self._get_shares_today()

    def _get_shares_today(self):
        """Return the current ``{id: Share}``: reservations, then the queue."""
        supply = self._supply.clone()
        parts = {
            demand.id: supply.take_by(demand.reserved, self.today)
            for demand in self.demands
        }
        shares = {}
        for demand in self.demands:
            day, taken = self._serve(supply, demand.missing, demand)
            shares[demand.id] = Share(
                demand.reserved, day, "before", parts=(*parts[demand.id], *taken)
            )
        return shares

    def run(self, ranked):
        """Return ``{id: Share}`` with every line served by its strategy.

        :param ranked: the demands in the chosen order within each strategy
        """
        self._free = self._supply.clone()
        shares = {}
        for strategy in STRATEGIES:
            for demand in ranked:
                if demand.strategy == strategy:
                    serve = getattr(self, f"_serve_{strategy}")
                    shares[demand.id] = serve(demand, self.before[demand.id])
        self._give_today(ranked, shares)
        return shares

    def _give_today(self, ranked, shares):
        """Give lines with a later day the stock that no other line needs today."""
        for demand in ranked:
            share = shares[demand.id]
            if demand.strategy in ("skip", "fill", "lose") or demand.is_whole:
                continue
            part = self._sum(
                self._free.take_by(demand.quantity - share.reserved, self.today)
            )
            if part > EPSILON:
                share.reserved += part
                if share.reserved >= demand.quantity - EPSILON:
                    share.day = self.today
                share.parts = ((self.today, part), *self._drop(share.parts, part))

    def keep_to_stock(self, ranked, shares, stock):
        """Limit today's shares to stock that can be reserved, without receipts.

        :param ranked: the demands in the order in which they get the rest
        :param stock: the quantity that can be reserved, including their reservations
        """
        kept = {
            demand.id: min(demand.reserved, shares[demand.id].reserved)
            for demand in ranked
        }
        left = stock - sum(kept.values())
        for demand in ranked:
            share, part = shares[demand.id], kept[demand.id]
            gained = min(max(0.0, left), share.reserved - part)
            if demand.is_whole and part + gained < demand.quantity - EPSILON:
                gained = 0.0
            share.reserved = part + gained
            left -= gained
        return shares

    def _drop(self, parts, quantity):
        """Return ``parts`` less ``quantity`` of the latest ones."""
        left = []
        for day, part in sorted(parts, reverse=True):
            dropped = min(part, quantity) if day != self.today else 0.0
            quantity -= dropped
            if part - dropped > EPSILON:
                left.append((day, part - dropped))
        return reversed(left)

    # ------------------------------------------------------------------
    # Strategies
    # ------------------------------------------------------------------

    def _serve_skip(self, demand, before):
        """Take what the line has, so that it is kept for all skipped lines."""
        parts = [
            taken
            for day, quantity in before.parts
            for taken in self._free.take_by(quantity, day)
        ]
        return Share(before.reserved, before.day, "skip", parts=tuple(parts))

    def _serve_win(self, demand, before):
        wanted = max(demand.wanted, self.today)
        if self._free.get_available(wanted) >= demand.quantity - EPSILON:
            taken = self._free.take(demand.quantity, wanted)
            return self._prepare(demand, taken, wanted, "win")
        share = self._serve_redistribute(demand, before)
        share.reason, share.is_exception = "late", True
        return share

    def _serve_gain(self, demand, before):
        return self._serve_no_worse(demand, before, is_bound=True)

    def _serve_improve(self, demand, before):
        return self._serve_no_worse(demand, before, is_bound=False)

    def _serve_no_worse(self, demand, before, is_bound):
        """Keep the reservation, and get the rest by the current day or before."""
        kept = self._free.take_by(demand.reserved, self.today)
        got = self._sum(kept)
        rest = demand.quantity - got
        day, taken = self._serve(self._free, rest, demand)
        share = self._prepare(demand, [*kept, *taken], day, "kept")
        is_less = got < demand.reserved - EPSILON
        if is_less or self._is_later(day, before.day):
            share.reason, share.is_exception = "taken", is_bound
        elif self._is_later(before.day, day):
            share.reason = "earlier"
        return share

    def _serve_redistribute(self, demand, before):
        day, taken = self._serve(self._free, demand.quantity, demand)
        return self._prepare(demand, taken, day, "redistribute")

    def _serve_fill(self, demand, before):
        """Take at most what the line has, on any day."""
        kept = self._free.take_by(demand.reserved, self.today)
        rest = demand.quantity - self._sum(kept)
        first = self._free.find(rest) if rest > EPSILON else self.today
        if first is None or before.day is None:
            return Share(self._sum(kept), None, "fill", parts=tuple(kept))
        day = max(first, before.day)
        taken = self._free.take(rest, day) if rest > EPSILON else []
        share = self._prepare(demand, [*kept, *taken], day, "fill")
        # stock of today beyond its reservation is only kept for its day
        share.reserved = self._sum(kept)
        return share

    def _serve_lose(self, demand, before):
        return Share(0.0, None, "lose")

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _serve(self, supply, quantity, demand):
        """Serve ``quantity`` as soon as there is enough, otherwise in part.

        Not before the requested day, to leave earlier supply to others.

        :return: ``(day or None, parts)``
        """
        if quantity <= EPSILON:
            return self.today, []
        first = supply.find(quantity)
        wanted = max(demand.wanted, self.today)
        if first is not None:
            day = max(first, wanted)
            return day, supply.take(quantity, day)
        if demand.is_whole:
            return None, []
        return None, supply.take(quantity, wanted)

    def _prepare(self, demand, parts, day, reason):
        reserved = sum(part for taken, part in parts if taken == self.today)
        if demand.is_whole and reserved < demand.quantity - EPSILON:
            reserved = 0.0
        return Share(reserved, day, reason, parts=tuple(parts))

    def _sum(self, parts):
        return sum(part for _day, part in parts)

    def _is_later(self, day, other):
        """Whether ``day`` is later than ``other``; None means never."""
        if day is None or other is None:
            return day is None and other is not None
        return day > other


def is_better(share, before, wanted):
    """Compare two shares by day, but not before the requested one, then by reservation.

    :return: 1 if the share is better, -1 if worse, 0 if the same
    """
    new, old = (
        None if each.day is None else max(each.day, wanted) for each in (share, before)
    )
    if new == old:
        gained = share.reserved - before.reserved
        return 0 if abs(gained) <= EPSILON else 1 if gained > 0 else -1
    if new is None:
        return -1
    return 1 if old is None or new < old else -1
