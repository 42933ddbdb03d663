"""The checks of every commit: nothing oversold, nothing lost, nothing doubled."""

from collections import defaultdict
from dataclasses import dataclass

from history import FAIL, OK
from ledger import Ledger, get_keys

EPSILON = 1e-4
# A loss that a confirmation could not see yet: no transaction is older than this.
UNSEEN_SECONDS = 120
# The clock of PostgreSQL and that of the callers are the same; their rounding is not.
CLOCK_SECONDS = 0.05


@dataclass
class Finding:
    """What must not be, where, and since which commit."""

    check: str
    text: str
    commit: int = 0
    key: tuple = ()

    def __str__(self):
        place = f" (commit {self.commit})" if self.commit else ""
        return f"{self.check}: {self.text}{place}"


def check_commits(commits, world, calls=()):
    """Return the findings in a whole history, in the order of the commits."""
    ledger = Ledger(world)
    effects = Effects(calls)
    checks = [Oversold(ledger), Conserved(ledger), Reserved(ledger)]
    findings = []
    for commit in commits:
        for check in checks:
            check.before(commit)
        touched = set()
        for table, id_, old, new in ledger.apply(commit.changes):
            touched |= get_keys(table, old, world) | get_keys(table, new, world)
            effects.see(commit, table, id_, old, new)
        for check in checks:
            found = check.after(commit, touched)
            if commit.number:  # not about what was there before
                findings += found
    return findings + effects.judge()


class Oversold:
    """Whoever promises must have it: at the commit, not only at the end.

    A promise may only be beyond stock by what was lost so recently that its
    transaction could not see it (counted less, scrapped, sold at a till), and by what
    a manager answers for.
    """

    name = "oversold"

    def __init__(self, ledger):
        self.ledger = ledger
        self._before = {}
        self._losses = defaultdict(list)

    def before(self, commit):
        keys = set()
        for table, id_, values in commit.changes:
            old = self.ledger.rows[table].get(id_) or {}
            row = {**old, **(values or {})}
            keys |= get_keys(table, old, None) | get_keys(table, row, None)
        approved = self.ledger.get_approved()
        self._before = {
            key: self._measure(key, approved) for key in self._get_owners(keys)
        }

    def after(self, commit, _touched):
        approved = self.ledger.get_approved()
        findings = []
        for key, before in self._before.items():
            now = self._measure(key, approved)
            self._note_loss(commit, key, before, now)
            if finding := self._judge(commit, key, before, now):
                findings.append(finding)
        return findings

    def _get_owners(self, keys):
        world = self.ledger.world
        owners = {(product, world.get_warehouse(place)) for product, place in keys}
        return {key for key in owners if key[1] and world.is_protected(key[0])}

    def _measure(self, key, approved):
        """Return ``(supply, promised, other demand)``."""
        promised = other = 0.0
        for move, quantity in self.ledger.leaving[key].items():
            order = self.ledger.get_order(move)
            if order and order not in approved:
                promised += quantity
            else:
                other += quantity
        return self.ledger.supply[key], promised, other

    def _note_loss(self, commit, key, before, now):
        lost = (before[0] - now[0]) - max(0, sum(before[1:]) - sum(now[1:]))
        lost = max(0, lost) + max(0, now[2] - before[2])
        if lost > EPSILON:
            self._losses[key].append((commit.time, lost))

    def _judge(self, commit, key, before, now):
        supply, promised, other = now
        if promised <= before[1] + EPSILON:
            return None
        since = commit.time - UNSEEN_SECONDS
        unseen = sum(lost for time, lost in self._losses[key] if time >= since)
        excess = promised + other - supply - unseen
        if excess <= EPSILON:
            return None
        code = self.ledger.world.get_code(key[0])
        text = (
            f"{code} in warehouse {key[1]}: promised {promised:g} + {other:g} of"
            f" {supply:g}, {excess:g} too many"
        )
        return Finding(self.name, text, commit.number, key)


class Agreeing:
    """A figure of the quants is what moves say, to the piece, in the same commit."""

    name = ""
    #: The column of the quants, what the ledger counts of moves, and what else changed.
    column = counted = change = ""

    def __init__(self, ledger):
        self.ledger = ledger
        self._gap = {}

    def before(self, commit):
        pass

    def after(self, commit, touched):
        findings = []
        for key in touched:
            if not self.ledger.world.is_held(key[1]):
                continue
            gap = self.ledger.places[key][self.column]
            gap -= getattr(self.ledger, self.counted)[key]
            if abs(gap - self._gap.get(key, 0.0 if commit.number else gap)) > EPSILON:
                change = gap - self._gap.get(key, 0.0)
                code = self.ledger.world.get_code(key[0])
                text = f"{code} in place {key[1]}: {change:+g} {self.change} no move"
                findings.append(Finding(self.name, text, commit.number, key))
            self._gap[key] = gap
        return findings


class Conserved(Agreeing):
    """Stock changes by what moves book, to the piece, in the same commit."""

    name = "conserved"
    column, counted, change = "quantity", "booked", "by"


class Reserved(Agreeing):
    """What quants say is reserved is what moves have reserved."""

    name = "reserved"
    column, counted, change = "reserved", "taken", "reserved by"


class Effects:
    """A success has its effect exactly once, a failure none, a lost answer at most."""

    name = "answers"

    def __init__(self, calls):
        self._wanted = defaultdict(list)
        self._calls = list(calls)
        for call in self._calls:
            for effect in call["effects"]:
                self._wanted[self._get_key(effect)] = []

    def _get_key(self, effect):
        value = _normalize(effect["value"])
        return effect["table"], effect["field"], value, effect.get("id")

    def see(self, commit, table, id_, old, new):
        """Note each row that gets a value which a call was to give it."""
        for field, value in (new or {}).items():
            if old and old.get(field) == value:
                continue
            for known in (id_, None):
                key = (table, field, _normalize(value), known)
                if key in self._wanted and (known or not old):
                    self._wanted[key].append(commit)

    def judge(self):
        findings = []
        for call in self._calls:
            for effect in call["effects"]:
                finding = self._judge(call, effect)
                if finding:
                    findings.append(finding)
        return findings

    def _judge(self, call, effect):
        begin, end = call["begin"] - CLOCK_SECONDS, call.get("end", float("inf"))
        if call["outcome"] not in (OK, FAIL):
            end = float("inf")
        seen = [
            commit
            for commit in self._wanted[self._get_key(effect)]
            if begin <= commit.time <= end + CLOCK_SECONDS
        ]
        allowed = {OK: (1,), FAIL: (0,)}.get(call["outcome"], (0, 1))
        if len(seen) in allowed:
            return None
        text = (
            f"{call['name']} of {call['actor']} ended as {call['outcome']}, and"
            f" {effect['table']}.{effect['field']} = {effect['value']}"
            f" ({effect.get('id', 'new')}) was committed {len(seen)} times"
        )
        number = seen[-1].number if seen else 0
        return Finding(self.name, text, number, ("call", call["number"]))


def _normalize(value):
    """Return a value as text; numbers do not differ by how they are written."""
    try:
        return repr(float(value))
    except (TypeError, ValueError):
        return str(value)
