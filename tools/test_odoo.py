#!/usr/bin/env python3
"""Run Odoo's own tests with the addon and without it, and compare.

Odoo runs most of these tests while it installs the module they belong to, before an
addon that is built on it is there. Here they run in ``odoo shell`` with everything
loaded, in a database with Odoo's demo data. Some fail there without the addon, too:
these are noted once, under .odoo/test-odoo, and only what fails with the addon alone
counts.
"""

import argparse
import hashlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
WORK = TOOLS.parent / ".odoo"
ADDON = "backorder_atp"
# What is tested, and what changes it enough to be there as well.
MODULES = [
    *("stock", "sale", "sale_stock", "purchase_stock"),
    *("sale_management", "crm", "stock_delivery", "website_sale_stock"),
]
TAGS = "/stock,/sale,/sale_stock,/purchase_stock,-is_tour"

# Run by "odoo shell". Odoo's test result keeps only counts: note the names.
SHELL_SCRIPT = """
import json, os
from odoo.tests.result import OdooTestResult
from odoo.tests.shell import run_tests

failed = set()

def note(name):
    original = getattr(OdooTestResult, name)
    def method(self, test, *args, **kwargs):
        if not self._soft_fail:  # will be tried again
            failed.add(getattr(test, "test_case", test).id())
        return original(self, test, *args, **kwargs)
    setattr(OdooTestResult, name, method)

note("addError")
note("addFailure")
report = run_tests(env, os.environ["TEST_ODOO_TAGS"])
with open(os.environ["TEST_ODOO_RESULT"], "w") as file:
    json.dump({"run": report.testsRun, "failed": sorted(failed)}, file)
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def run_tests(name, modules, tags):
    """The tests in a fresh database: how many ran, and the names that failed."""
    folder = WORK / "test-odoo"
    folder.mkdir(parents=True, exist_ok=True)
    log, result = folder / f"{name}.log", folder / f"{name}.json"
    result.unlink(missing_ok=True)
    database = f"test_odoo_{name}"
    create = [TOOLS / "database.sh", database, "--base-demo", *modules]
    subprocess.run(create, check=True)
    print(f"Odoo's tests, {name}: 5 to 10 minutes, log in {log} ...", flush=True)
    with log.open("w") as output:
        subprocess.run(
            [TOOLS / "odoo", "shell", "-d", database, "--max-cron-threads=0"]
            + ["--workers=0", f"--http-port={free_port()}", "--log-level=warn"],
            input=SHELL_SCRIPT,
            text=True,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "TEST_ODOO_TAGS": tags,
                "TEST_ODOO_RESULT": str(result),
            },
            check=False,
        )
    if not result.exists():
        sys.exit(f"The tests did not come to their end: see {log}")
    found = json.loads(result.read_text())
    if not found["run"]:
        sys.exit(f"No test was run: see {log}")
    return found


def baseline(tags):
    """What fails without the addon, found once for this Odoo and these tests."""
    odoo = (WORK / "stamps" / "odoo").read_text()
    key = hashlib.sha256(f"{odoo} {MODULES} {tags}".encode()).hexdigest()[:16]
    known = WORK / "test-odoo" / f"baseline-{key}.json"
    if not known.exists():
        found = run_tests("without", MODULES, tags)
        known.write_text(json.dumps(found, indent=1))
    return json.loads(known.read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tags", default=TAGS, help="as for odoo --test-tags")
    parser.add_argument(
        "--baseline-only", action="store_true", help="only find what fails without"
    )
    args = parser.parse_args()
    subprocess.run([TOOLS / "setup.sh", "browser"], check=True)

    before = baseline(args.tags)
    print(f"Without the addon: {before['run']} run, {len(before['failed'])} failed")
    if args.baseline_only:
        return 0
    after = run_tests("with", [*MODULES, ADDON], args.tags)
    print(f"With the addon: {after['run']} run, {len(after['failed'])} failed")
    mended = sorted(set(before["failed"]) - set(after["failed"]))
    broken = sorted(set(after["failed"]) - set(before["failed"]))
    if mended:
        print("Failed without the addon only:", *mended, sep="\n  ")
    if broken:
        print("Fail with the addon only:", *broken, sep="\n  ")
    else:
        print("Nothing fails with the addon that does not fail without it.")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
