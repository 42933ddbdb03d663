# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Free quantities per day, from which one promise after the other is taken.

Independent of Odoo: days are anything that can be ordered, quantities are floats in
the product's unit. Each operation takes O(log days), so that a queue of n lines is
processed in O(n log n).

>>> free = FreeSupply([(1, 5.0), (4, 5.0), (6, 12.0)])
>>> free.find(5), free.find(6), free.find(13)
(1, 6, None)
>>> free.get_last_day()
6
>>> free.take(8, 6)
[(6, 7.0), (1, 1.0)]
>>> free.get_available(1), free.get_available(6), free.get_last_day()
(4.0, 4.0, 1)

What can be promised today but not on a later day expires before then; it is used first.

>>> free = FreeSupply([(1, 5.0), (4, 2.0), (6, 6.0)])
>>> free.find(6), [free.get_available(day) for day in (1, 4, 6)]
(6, [5.0, 2.0, 6.0])
>>> free.find_from(1, 2), free.find_from(3, 4)
(2, 6)
>>> free.take(4, 1), free.take(5, 6), free.get_available(1)
([(1, 3.0), (1, 1.0)], [(6, 4.0), (1, 1.0)], 0.0)
"""

from bisect import bisect_right

# Tolerance for rounding errors in sums of floats.
EPSILON = 1e-6


class FreeSupply:
    """Steps of what can be promised, as ATP rises from day to day.

    Of ATP, the lowest balance of a day and all that follow, only the rises can be
    promised. A promise for a day takes from the latest rise before it, which leaves
    as much as possible for promises on earlier days. Where ATP falls, goods expire:
    those that have been there longest.
    """

    def __init__(self, atp_by_day):
        """:param atp_by_day: ``[(day, ATP)]``, ascending; below zero nothing is free"""
        self.days = [day for day, _atp in atp_by_day]
        self._free = []
        # [index of the step, first day without it, quantity], the next to expire first
        self._perishing = []
        before = 0.0
        for day, atp in atp_by_day:
            atp = max(atp, 0.0)
            self._perish(day, before - atp)
            self._free.append(max(0.0, atp - before))
            before = atp
        self._build_tree()
        # links to the next step that is not empty, in both directions
        self._previous = list(range(len(self.days)))
        self._next = list(range(len(self.days) + 1))

    def _perish(self, day, quantity):
        """Let ``quantity`` of what is free so far expire on ``day``."""
        for index, free in enumerate(self._free):
            part = min(free, quantity)
            if part > EPSILON:
                self._free[index] -= part
                self._perishing.append([index, day, part])
                quantity -= part

    def _build_tree(self):
        """Build a Fenwick tree over the steps, for sums and searches in O(log n)."""
        self._tree = [0.0, *self._free]
        for i in range(1, len(self._tree)):
            parent = i + (i & -i)
            if parent < len(self._tree):
                self._tree[parent] += self._tree[i]

    def clone(self):
        """Return an independent copy, for promises that do not share stock."""
        other = object.__new__(type(self))
        other.days = self.days
        other._free = self._free.copy()
        other._perishing = [row.copy() for row in self._perishing]
        other._tree = self._tree.copy()
        other._previous = self._previous.copy()
        other._next = self._next.copy()
        return other

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def get_available(self, day):
        """Return what can be promised for ``day``."""
        lasting = self._get_sum(bisect_right(self.days, day))
        return lasting + sum(row[2] for row in self._get_perishing(day))

    def _get_perishing(self, day):
        """Return what is there on ``day`` and will expire, the next to expire first."""
        return [
            row
            for row in self._perishing
            if self.days[row[0]] <= day < row[1] and row[2]
        ]

    def _get_sum(self, count):
        total = 0.0
        while count:
            total += self._tree[count]
            count -= count & -count
        return total

    def get_last_day(self):
        """Return the last day on which anything becomes free, or None."""
        index = max(
            self._find_previous(len(self.days) - 1),
            *(row[0] for row in self._perishing if row[2] > EPSILON),
            -1,
        )
        return self.days[index] if index >= 0 else None

    def find_from(self, quantity, start):
        """Return the first day from ``start`` on which ``quantity`` can be promised."""
        if not self._is_perishing():
            first = self.find(quantity)
            return max(first, start) if first is not None else None
        later = self.days[bisect_right(self.days, start) :]
        return self._find_enough(quantity, [start, *later])

    def find(self, quantity):
        """Return the first day on which ``quantity`` can be promised, or None."""
        if self._is_perishing():
            return self._find_enough(quantity, self.days)
        position, left = 0, quantity - EPSILON
        step = 1 << len(self.days).bit_length()
        while step:
            ahead = position + step
            if ahead < len(self._tree) and self._tree[ahead] < left:
                position, left = ahead, left - self._tree[ahead]
            step >>= 1
        return self.days[position] if position < len(self.days) else None

    def _is_perishing(self):
        return any(row[2] > EPSILON for row in self._perishing)

    def _find_enough(self, quantity, days):
        """Return the first of ``days`` on which there is ``quantity``, or None."""
        enough = (d for d in days if self.get_available(d) >= quantity - EPSILON)
        return next(enough, None)

    # ------------------------------------------------------------------
    # Taking
    # ------------------------------------------------------------------

    def take(self, quantity, day):
        """Take ``quantity`` for ``day``: from the latest step by then, else later.

        :return: ``[(day, quantity)]`` as taken; less than requested if there is not
            enough
        """
        taken = []
        for row in self._get_perishing(day):
            quantity = self._take_perishing(row, quantity, taken)
        start = bisect_right(self.days, day) - 1
        index = self._find_previous(start)
        while quantity > EPSILON and index >= 0:
            quantity = self._take_step(index, quantity, taken)
            index = self._find_previous(index)
        return taken + self._take_later(quantity, start + 1)

    def take_by(self, quantity, day):
        """Take ``quantity`` like :meth:`take`, but nothing that comes after ``day``."""
        return self.take(min(quantity, self.get_available(day)), day)

    def _take_later(self, quantity, start):
        taken = []
        index = self._find_next(start)
        while quantity > EPSILON and index < len(self.days):
            quantity = self._take_step(index, quantity, taken)
            index = self._find_next(index)
        for row in self._perishing:
            if row[0] >= start:
                quantity = self._take_perishing(row, quantity, taken)
        return taken

    def _take_perishing(self, row, quantity, taken):
        """Take from what will expire; return what is still missing."""
        part = min(quantity, row[2])
        if part > EPSILON:
            row[2] -= part
            taken.append((self.days[row[0]], part))
            quantity -= part
        return quantity

    def _take_step(self, index, quantity, taken):
        """Take from one step; return what is still missing."""
        part = min(quantity, self._free[index])
        self._free[index] -= part
        if self._free[index] <= EPSILON:
            self._previous[index] = index - 1
            self._next[index] = index + 1
        taken.append((self.days[index], part))
        position = index + 1
        while position < len(self._tree):
            self._tree[position] -= part
            position += position & -position
        return quantity - part

    def _find_previous(self, index):
        return self._follow(self._previous, index) if index >= 0 else -1

    def _find_next(self, index):
        return self._follow(self._next, index)

    def _follow(self, links, index):
        """Return the first step from ``index`` that is not empty, and remember it."""
        path = []
        while 0 <= index < len(self.days) and (
            links[index] != index or self._free[index] <= EPSILON
        ):
            path.append(index)
            step = 1 if links is self._next else -1
            index = links[index] if links[index] != index else index + step
        for passed in path:
            links[passed] = index
        return index
