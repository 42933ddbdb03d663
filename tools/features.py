#!/usr/bin/env python3
"""Print the addons that need nothing but the root, Purchase and each other."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = "backorder_atp"
PURCHASE = "purchase_stock"


def read_dependencies():
    """Return ``{addon: names of what it depends on}``."""
    return {
        path.parent.name: set(ast.literal_eval(path.read_text("utf-8"))["depends"])
        for path in ROOT.glob("addons/*/__manifest__.py")
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


if __name__ == "__main__":
    print(*find_features(read_dependencies()), sep="\n")
