#!/usr/bin/env python3
"""Print the addons that depend only on the root, Purchase and each other.

With names of addons: those, and the addons of ours that they depend on.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = "backorder_atp"
PURCHASE = "purchase_stock"


def read_dependencies():
    """Return ``{addon: names of its dependencies}``, including the root."""
    paths = {path.parent.name: path for path in ROOT.glob("addons/*/__manifest__.py")}
    return {
        name: set(ast.literal_eval(path.read_text("utf-8"))["depends"])
        for name, path in {MODULE: ROOT / "__manifest__.py", **paths}.items()
    }


def find_features(dependencies):
    """Return the names of the addons whose dependencies lead to these two alone."""
    features = {MODULE, PURCHASE}
    while (
        more := {name for name, needs in dependencies.items() if needs <= features}
        - features
    ):
        features |= more
    return sorted(features - {MODULE, PURCHASE})


def get_reach(name, dependencies):
    """Return all direct and indirect dependencies of ``name``."""
    direct = dependencies.get(name, set())
    return direct.union(*(get_reach(one, dependencies) for one in direct))


def find_needed(dependencies, names):
    """Return ``names`` and their dependencies in this repository."""
    reach = set().union(*(get_reach(name, dependencies) for name in names))
    return set(names) | (reach & dependencies.keys())


if __name__ == "__main__":
    known = read_dependencies()
    found = find_needed(known, sys.argv[1:]) if sys.argv[1:] else find_features(known)
    print(*sorted(found), sep="\n")
