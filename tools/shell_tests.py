"""Run tests of installed addons in "odoo shell", and compare runs.

Odoo runs most tests while it installs the module they belong to, before an addon that
is built on it is there. Here they run with everything loaded. Used by
tools/test_odoo.py and tools/test_peers.py.
"""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
WORK = TOOLS.parent / ".odoo"
# The run in the enforce phase, and the one without the addons.
ENFORCING, WITHOUT = "enforcing", "without"

# Run by "odoo shell". Odoo's test result keeps only counts: note the names.
SHELL_SCRIPT = """
import functools, json, os
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

def choose(warehouse):
    "Make a warehouse the users' own, as nobody else chooses one of several."
    company = warehouse.company_id.id
    name = "property_warehouse_id"
    if not warehouse.env["ir.default"]._get("res.users", name, company_id=company):
        warehouse.env["ir.default"].set(
            "res.users", name, warehouse.id, company_id=company
        )

def choose_first_warehouses():
    original = env.registry["stock.warehouse"].create
    @functools.wraps(original)
    def create(self, vals_list):
        warehouses = original(self, vals_list)
        for warehouse in warehouses.sudo():
            choose(warehouse)
        return warehouses
    env.registry["stock.warehouse"].create = create
    for warehouse in env["stock.warehouse"].search([], order="id"):
        choose(warehouse)

if os.environ["TEST_ODOO_RUN"] == "enforcing":
    settings = {"promise_phase": "hard", "allow_backorder": True}
    for name, value in settings.items():
        env["ir.default"].set("res.company", name, value)
    env["res.company"].search([]).write(settings)
    choose_first_warehouses()
    env.cr.commit()
report = run_tests(
    env, os.environ["TEST_ODOO_TAGS"], os.environ["TEST_ODOO_MODULES"].split(",")
)
with open(os.environ["TEST_ODOO_RESULT"], "w") as file:
    json.dump({"run": report.testsRun, "failed": sorted(failed)}, file)
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def make_database(name, modules, env=None):
    """Make the database ``name``, with the demo data of all modules but ours."""
    command = [TOOLS / "database.sh", name, "--base-demo", *modules]
    subprocess.run(command, env={**os.environ, **(env or {})}, check=True)


def run_tests(database, run, modules, tags, env=None):
    """Run tests in ``database``.

    :param run: ``ENFORCING`` to switch all companies to the enforce phase
    :param modules: the modules whose tests are collected
    :param tags: as for ``odoo --test-tags``
    :param env: additional variables of the environment
    :return: ``{"run": how many ran, "failed": the names of those that failed}``
    """
    folder = WORK / "test-odoo"
    folder.mkdir(parents=True, exist_ok=True)
    log, result = folder / f"{database}.log", folder / f"{database}.json"
    result.unlink(missing_ok=True)
    print(f"Tests in {database}: log in {log} ...", flush=True)
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
                **(env or {}),
                "TEST_ODOO_MODULES": ",".join(sorted(modules)),
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


def to_tag(name):
    """The tag that runs one test: of ``odoo.addons.stock.tests.test_x.TestX.test_y``
    or ``setUpClass (odoo.addons.stock.tests.test_x.TestX)``."""
    module, names = re.search(
        r"odoo\.addons\.(\w+)\.tests\.\w+\.([\w.]+)", name
    ).groups()
    return f"/{module}:{names}"


def compare(failed, intended, run_without):
    """Print the tests that fail only with the addons; return whether there are any.

    :param failed: the names of the tests that failed with the addons, by run
    :param intended: ``{run: {reason: tags of the tests that differ on purpose}}``
    :param run_without: runs tags without the addons, returns the names that failed
    """
    unexplained = {}
    for run, names in failed.items():
        expected = {tag for tags in intended[run].values() for tag in tags}
        unexplained[run] = set(map(to_tag, names)) - expected
    again = sorted(set().union(*unexplained.values()))
    before = set(map(to_tag, run_without(",".join(again)))) if again else set()
    broken = {run: tags - before for run, tags in unexplained.items()}
    for run, tags in broken.items():
        if tags:
            print(f"Fail with the addons only, {run}:", *sorted(tags), sep="\n  ")
        else:
            print(f"Nothing fails with the addons only, {run}.")
    return any(broken.values())
