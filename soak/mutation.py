"""Faults put into the code on purpose, and what has to notice each of them.

A mutation is an exact piece of a file, which occurs there once, and what takes its
place. Its checks are tests, by the names that pytest selects with ``-k``; ``soak`` is
the soak of a minute, with the actors named. One that nothing notices is a test that is
missing.
"""

from dataclasses import dataclass

ROOT_TESTS, FEATURES, ADDONS = "root", "features", "addons"


@dataclass(frozen=True)
class Mutation:
    name: str
    path: str
    old: str
    new: str
    tests: str
    select: str = ""
    where: str = ROOT_TESTS
