"""Cut a failing history down to the shortest one that still fails.

    shrink.py FOLDER

First only what concerns the first finding is kept: its product, or its call. Then the
history is halved again and again, as long as the checker finds the same in what is
left, and nothing that was not there before. The result is printed and kept beside the
history.
"""

import json
import sys
from pathlib import Path

import stream
from commits import EPSILON, check_commits
from history import read_calls
from ledger import Ledger, World

SHOWN = ("state", "quantity", "reserved_quantity", "product_qty", "product_uom_qty")


def read(folder):
    folder = Path(folder)
    world = World(**json.loads((folder / "world.json").read_text()))
    calls, _notes = read_calls(folder)
    return list(stream.load(folder / "commits.jsonl")), world, calls


class History:
    """A history with its calls, of which parts can be left out."""

    def __init__(self, commits, world, calls):
        self.first, *self.commits = commits
        self.world = world
        self.calls = calls

    def find(self, kept=None):
        """Return what is wrong with the kept commits, as ``[(check, key)]``."""
        commits = self.commits if kept is None else kept
        findings = check_commits([self.first, *commits], self.world, self.calls)
        return [(finding.check, finding.key) for finding in findings]

    def take(self, numbers):
        return [commit for commit in self.commits if commit.number in numbers]

    def focus(self, finding):
        """Keep what concerns the finding, up to its commit."""
        if finding.commit:
            self.commits = [c for c in self.commits if c.number <= finding.commit]
        self.calls = [c for c in self.calls if finding.key == ("call", c["number"])]
        if finding.key and finding.key[0] != "call":
            self._keep_product(finding.key[0])

    def _keep_product(self, product):
        lines = self._get_lines(product)
        for commit in (self.first, *self.commits):
            commit.changes = [
                change for change in commit.changes if _is_about(change, product, lines)
            ]
        self.commits = [commit for commit in self.commits if commit.changes]

    def _get_lines(self, product):
        """Return the order lines of a product, and of kits that it is part of."""
        return {
            int(values["sale_line_id"])
            for commit in (self.first, *self.commits)
            for table, _id, values in commit.changes
            if table == "stock_move"
            and values
            and values["product_id"] == str(product)
            and values.get("sale_line_id")
        }


def _is_about(change, product, lines):
    table, id_, values = change
    if table == "sale_order_line":
        return id_ in lines
    if table in ("stock_quant", "stock_move", "stock_move_line"):
        return values is None or values["product_id"] == str(product)
    return table == "backorder_override"


def shrink(history, wanted):
    """Return the fewest commits in which the wanted finding, and no other, is found.

    This is the delta debugging of Zeller and Hildebrandt, without its last subtleties.
    Commits that change stock stay: without a receipt anything is oversold.
    """
    fixed = find_supply(history)
    kept, parts = [c for c in history.commits if c.number not in fixed], 2
    while kept:
        size = max(1, len(kept) // parts)
        for start in range(0, len(kept), size):
            rest = kept[:start] + kept[start + size :]
            numbers = fixed.union(commit.number for commit in rest)
            if set(history.find(history.take(numbers))) == {wanted}:
                kept, parts = rest, max(2, parts - 1)
                break
        else:
            if size == 1:
                break
            parts = min(len(kept), parts * 2)
    return history.take(fixed.union(commit.number for commit in kept))


def find_supply(history):
    """Return the numbers of the commits that change what there is."""
    ledger, numbers = Ledger(history.world), set()
    for commit in (history.first, *history.commits):
        before = dict(ledger.supply)
        for _change in ledger.apply(commit.changes):
            pass
        if commit.number and any(
            abs(quantity - before.get(key, 0.0)) > EPSILON
            for key, quantity in ledger.supply.items()
        ):
            numbers.add(commit.number)
    return numbers


def show(commit):
    """Return a commit in words: each row as it was left."""
    lines = [f"commit {commit.number} at {commit.time:.3f}"]
    rows = {(table, id_): values for table, id_, values in commit.changes}
    for (table, id_), values in rows.items():
        known = {n: values[n] for n in SHOWN if values.get(n)} if values else "deleted"
        lines.append(f"    {table} {id_}: {known}")
    return "\n".join(lines)


def main(folder):
    commits, world, calls = read(folder)
    history = History(commits, world, calls)
    findings = check_commits(commits, world, calls)
    if not findings:
        sys.exit("nothing is wrong with the commits of this history")
    finding = findings[0]
    print(finding)
    history.focus(finding)
    kept = shrink(history, (finding.check, finding.key))
    stream.save([history.first, *kept], Path(folder) / "shortest.jsonl")
    print(f"{len(commits) - 1} commits, of which {len(kept)} are enough:")
    print(*map(show, kept), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1])
