#!/usr/bin/env python3
"""Run Odoo's own tests with the addons and without them, and compare.

Odoo runs most of these tests while it installs the module they belong to, before an
addon that is built on it is there. Here they run in ``odoo shell`` with everything
loaded, in a database with Odoo's demo data, three times:

- ``without`` the addons. What fails there does not count. It is noted once, under
  .odoo/test-odoo, for this Odoo and these tests.
- with the ``defaults`` of the addons, which must not change what Odoo does.
- ``enforcing``: in the hard phase, with backorders allowed, in every company and in
  those that the tests create. What differs then on purpose is in ``INTENDED``.

The tests are in two halves, each in a database of its own, that run side by side.
"""

import argparse
import ast
import hashlib
import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
WORK = ROOT / ".odoo"
# Whose tests are run, in halves that take about as long.
HALVES = {
    "sales": [
        *("sale", "sale_management", "sale_stock", "sale_loyalty", "event_sale"),
        *("sale_project_stock", "sale_purchase_stock", "purchase_stock"),
        *("purchase_requisition_stock", "stock_account", "stock_landed_costs"),
        *("stock_delivery", "stock_dropshipping", "website_sale_stock", "pos_sale"),
    ],
    "goods": [
        *("stock", "stock_picking_batch", "product_expiry", "repair", "mrp"),
        *("mrp_account", "mrp_repair", "mrp_subcontracting", "sale_mrp"),
        *("mrp_subcontracting_dropshipping", "purchase_mrp", "pos_mrp"),
    ],
}
# What fails with the addons on purpose: {name of the test: reason}.
INTENDED = {
    "defaults": {},
    "enforcing": {},
}
RUNS = ("without", "defaults", "enforcing")

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
if os.environ["TEST_ODOO_RUN"] == "enforcing":
    settings = {"promise_phase": "hard", "allow_backorder": True}
    for name, value in settings.items():
        env["ir.default"].set("res.company", name, value)
    env["res.company"].search([]).write(settings)
    env.cr.commit()
report = run_tests(
    env, os.environ["TEST_ODOO_TAGS"], os.environ["TEST_ODOO_MODULES"].split(",")
)
with open(os.environ["TEST_ODOO_RESULT"], "w") as file:
    json.dump({"run": report.testsRun, "failed": sorted(failed)}, file)
"""


def own_addons():
    """The addons of this repository, with what they depend on."""
    manifests = [ROOT / "__manifest__.py", *ROOT.glob("bridges/*/__manifest__.py")]
    return {
        "backorder_atp" if path.parent == ROOT else path.parent.name: ast.literal_eval(
            path.read_text(encoding="utf-8")
        )["depends"]
        for path in manifests
    }


def tested_modules():
    """What is installed in every run: what is tested, and what the addons need."""
    own = own_addons()
    needed = {name for depends in own.values() for name in depends} - own.keys()
    return sorted(needed.union(*HALVES.values()))


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def make_database(run, half):
    modules = tested_modules()
    if run != "without":
        modules += sorted(own_addons())
    database = f"test_odoo_{run}_{half}"
    command = [TOOLS / "database.sh", database, "--base-demo", *modules]
    subprocess.run(command, check=True)
    return database


def run_half(run, half, tags):
    """The tests in a fresh database: how many ran, and the names that failed."""
    folder = WORK / "test-odoo"
    log, result = folder / f"{run}-{half}.log", folder / f"{run}-{half}.json"
    result.unlink(missing_ok=True)
    database = make_database(run, half)
    print(f"Odoo's tests, {run}, {half}: log in {log} ...", flush=True)
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
                "TEST_ODOO_MODULES": ",".join(sorted(set().union(*HALVES.values()))),
                "TEST_ODOO_RUN": run,
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


def run_all(run, tags):
    """The halves side by side; ``tags`` instead of them run alone."""
    (WORK / "test-odoo").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as pool:
        halves = [pool.submit(run_half, run, half, tags[half]) for half in tags]
        found = [half.result() for half in halves]
    return {
        "run": sum(half["run"] for half in found),
        "failed": sorted(name for half in found for name in half["failed"]),
    }


def baseline(tags):
    """What fails without the addons, found once for this Odoo and these tests."""
    odoo = (WORK / "stamps" / "odoo").read_text()
    made_from = f"{odoo} {tested_modules()} {tags}"
    key = hashlib.sha256(made_from.encode()).hexdigest()[:16]
    known = WORK / "test-odoo" / f"baseline-{key}.json"
    if not known.exists():
        found = run_all("without", tags)
        known.write_text(json.dumps(found, indent=1))
    return json.loads(known.read_text())


def compare(run, before, after):
    """Say what differs; whether something fails that should not."""
    print(f"{run}: {after['run']} run, {len(after['failed'])} failed")
    intended = INTENDED[run]
    mended = sorted(set(before["failed"]) - set(after["failed"]))
    broken = sorted(set(after["failed"]) - set(before["failed"]) - intended.keys())
    if mended:
        print("Failed without the addons only:", *mended, sep="\n  ")
    if broken:
        print("Fail with the addons only:", *broken, sep="\n  ")
    else:
        print("Nothing fails with the addons that does not fail without them.")
    return bool(broken)


def get_tags(half=None, tags=None):
    if tags:
        return {"chosen": tags}
    return {
        name: ",".join([*(f"/{module}" for module in modules), "-is_tour"])
        for name, modules in HALVES.items()
        if half in (None, name)
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tags", help="instead of all, as for odoo --test-tags")
    parser.add_argument("--half", choices=HALVES, help="only this half")
    parser.add_argument("--run", choices=RUNS, help="only this run, and the first")
    args = parser.parse_args()
    subprocess.run([TOOLS / "setup.sh", "browser"], check=True)

    tags = get_tags(args.half, args.tags)
    before = baseline(tags)
    print(f"without: {before['run']} run, {len(before['failed'])} failed")
    runs = [run for run in RUNS[1:] if args.run in (None, run)]
    return any([compare(run, before, run_all(run, tags)) for run in runs])


if __name__ == "__main__":
    sys.exit(main())
