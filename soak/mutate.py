"""Put each mutation into the code, run what has to notice it, and take it out again.

    make mutations [ONLY="words of a name"]

Writes docs/mutations.md. The code must have no changes of its own: they would be lost.
"""

import argparse
import functools
import subprocess
import sys
import time
from pathlib import Path

from mutation import ADDONS, FEATURES, ROOT_TESTS
from mutations import MUTATIONS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "mutations.md"
DATABASES = {
    ROOT_TESTS: "mutation_root",
    FEATURES: "mutation_features",
    ADDONS: "mutation_addons",
}
FAILED, NONE_SELECTED = 1, 5
# By the exit of pytest, or of the soak.
NOTICED, SURVIVED, BROKEN = "noticed", "**survives**", "could not be tried"
SOAK = ["MINUTES=1", "SEED=1", "FAULTS=none", "SOAK_KEEP_TEMPLATE=1"]
HEAD = """\
# Mutations

Faults that are put into the code on purpose, one at a time, and what noticed them.
Written by `make mutations`, from `soak/mutations.py`; the soak is
`make soak MINUTES=1`.

| fault | file | noticed by | result |
| --- | --- | --- | --- |
"""


def check_applies(mutation):
    """Return what is wrong with a mutation, or nothing."""
    count = (ROOT / mutation.path).read_text().count(mutation.old)
    return "" if count == 1 else f"its text occurs {count} times in {mutation.path}"


def try_one(mutation):
    """Return what came of a mutation, with the code as it was afterwards."""
    if problem := check_applies(mutation):
        return problem
    if mutation.tests != "soak" and run_unbroken(
        mutation.tests, mutation.select, mutation.where
    ):
        return f"{BROKEN}: its tests fail without it"
    path = ROOT / mutation.path
    text = path.read_text()
    path.write_text(text.replace(mutation.old, mutation.new))
    try:
        is_soak = mutation.tests == "soak"
        status = run_soak(mutation) if is_soak else run_tests(mutation)
    finally:
        path.write_text(text)
    return {0: SURVIVED, FAILED: NOTICED}.get(status, f"{BROKEN} ({status})")


def run_soak(mutation):
    return run(["env", *SOAK, "tools/soak.sh", *mutation.select.split()])


@functools.cache
def run_unbroken(tests, select, where):
    """Run tests on the code as it is: what fails anyway notices nothing."""
    return run_pytest(tests, select, where)


def run_tests(mutation):
    return run_pytest(mutation.tests, mutation.select, mutation.where)


def run_pytest(tests, select, where):
    paths = [get_path(name) for name in tests.split()]
    select = ["-k", select] if select else []
    script = 'source tools/lib.sh; use_pg; export ODOO_RC; pytest_on "$@"'
    options = [DATABASES[where], "-q", "-x", *paths, *select]
    return run(["bash", "-c", script, "mutate", *options])


def get_path(name):
    return str(ROOT / name) if "/" in name else f"backorder_atp/tests/{name}"


def run(command):
    log = ROOT / ".odoo" / "log" / "mutations.log"
    with open(log, "a") as file:
        return subprocess.run(command, cwd=ROOT, stdout=file, stderr=file).returncode


def is_clean():
    paths = sorted({mutation.path for mutation in MUTATIONS})
    command = ["git", "diff", "--quiet", "HEAD", "--", *paths]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def read_page():
    """Return ``{fault: its row}`` of the page as it is."""
    if not PAGE.exists():
        return {}
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows[2:]}


def write_page(results):
    """Write the page; what was not tried now keeps its row."""
    rows = read_page()
    for mutation, result in results.items():
        by = mutation.tests.replace(" ", "`, `")
        if mutation.select and mutation.tests != "soak":
            by += f" -k '{mutation.select}'"
        rows[mutation.name] = (
            f"| {mutation.name} | `{mutation.path}` | `{by}` | {result} |"
        )
    known = [rows[each.name] for each in MUTATIONS if each.name in rows]
    PAGE.write_text(HEAD + "\n".join(known) + "\n")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a part of the name")
    parser.add_argument("--check", action="store_true", help="only whether they apply")
    options = parser.parse_args(arguments)
    chosen = [each for each in MUTATIONS if options.only in each.name]
    if options.check:
        problems = {each.name: check_applies(each) for each in chosen}
        print(*(f"{name}: {text}" for name, text in problems.items() if text), sep="\n")
        return any(problems.values())
    if not is_clean():
        sys.exit("commit or stash your changes first")
    results = {}
    for mutation in chosen:
        begin = time.monotonic()
        results[mutation] = try_one(mutation)
        print(f"{mutation.name}: {results[mutation]}, {time.monotonic() - begin:.0f} s")
        write_page(results)
    return any(result != NOTICED for result in results.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
