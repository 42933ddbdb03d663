#!/usr/bin/env python3
"""Run Odoo's own tests with the addons, and what fails without them as well.

Odoo runs most of these tests while it installs the module they belong to, before an
addon that is built on it is there. Here they run in ``odoo shell`` with everything
loaded, in a database with Odoo's demo data:

- with the ``defaults`` of the addons, which must not change what Odoo does;
- ``enforcing``: in the enforce phase, with backorders allowed, in every company and in
  those that the tests create. What differs then on purpose is in ``INTENDED``.

What fails is run again ``without`` the addons: what fails there, too, does not count.

The tests are in two halves, each in a database of its own, that run side by side.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from features import read_dependencies

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
# What fails with the addons on purpose: {run: {reason: tags of the tests}}.
INTENDED = {
    "defaults": {},
    "enforcing": {
        "Goods of another owner are promised to nobody, so no demand reserves them.": [
            "/sale_stock:TestAngloSaxonValuation"
            ".test_avco_fully_owned_and_delivered_invoice_post_delivery",
            "/sale_stock:TestAngloSaxonValuation"
            ".test_avco_partially_owned_and_delivered_invoice_post_delivery",
            "/stock:TestStockMove.test_edit_done_move_line_4",
            "/stock:TestStockMove.test_edit_reserved_move_line_4",
        ],
        "What ships all at once reserves everything or nothing: others can have it.": [
            "/sale_stock:TestSaleExpectedDate.test_invoice_delivery_date",
            "/stock:TestStockMove.test_out_3",
            "/stock:TestStockMove.test_validate_picking_wihtout_picked_reservations",
        ],
        "An activity says that goods are left between the steps of a transfer.": [
            "/stock:TestPickShip.test_mto_resupply_cancel_ship",
        ],
        "The warehouse chosen below for users is not that of all documents.": [
            "/mrp_repair:TestRepairTraceability.test_mo_with_used_sn_component",
        ],
        "Where several warehouses are possible, none is guessed or added up.": [
            "/sale_stock:TestSaleStock.test_warehouse_redirect_warnings",
            "/sale_stock:TestSaleStockMultiCompany.test_warehouse_definition_on_so",
            "/website_sale_stock:TestWebsiteSaleStockProductWarehouse"
            ".test_02_update_cart_with_multi_warehouses",
            "/website_sale_stock:TestWebsiteSaleStockProductWarehouse"
            ".test_get_combination_info_free_qty_when_no_warehouse_is_set",
        ],
        "Where backorders are allowed, the shop sells beyond stock without a limit.": [
            "/website_sale_stock:TestWebsiteSaleStockAbandonedCartEmail"
            ".test_website_sale_stock_abandoned_cart_email",
            "/website_sale_stock:TestWebsiteSaleStockGMC"
            ".test_gmc_items_availability_check_stock",
            "/website_sale_stock:TestWebsiteSaleStockGMC"
            ".test_gmc_items_keep_website_stock_separate",
            "/website_sale_stock:TestWebsiteSaleStockProductCombo"
            ".test_get_max_quantity_with_max",
            "/website_sale_stock:TestWebsiteSaleStockProductProduct"
            ".test_get_max_quantity_with_max",
            "/website_sale_stock:TestWebsiteSaleStockProductTemplate"
            ".test_get_additional_combination_info_max_combo_quantity_with_max",
            "/website_sale_stock:TestWebsiteSaleStockProductTemplate"
            ".test_website_sale_stock_get_additional_configurator_data",
            "/website_sale_stock:TestWebsiteSaleStockSaleOrderLine"
            ".test_get_max_line_qty_with_max",
        ],
    },
}

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


def tested_modules():
    """What is installed in every run: what is tested, and what the addons need."""
    own = read_dependencies()
    needed = {name for depends in own.values() for name in depends} - own.keys()
    return sorted(needed.union(*HALVES.values()))


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def make_database(run, half):
    modules = tested_modules()
    if run != "without":
        modules += sorted(read_dependencies())
    database = f"test_odoo_{run}_{half}"
    command = [TOOLS / "database.sh", database, "--base-demo", *modules]
    subprocess.run(command, check=True)
    return database


def run_tests(run, part, tags):
    """The tests in a fresh database: how many ran, and the names that failed."""
    folder = WORK / "test-odoo"
    folder.mkdir(parents=True, exist_ok=True)
    log, result = folder / f"{run}-{part}.log", folder / f"{run}-{part}.json"
    result.unlink(missing_ok=True)
    database = make_database(run, part)
    print(f"Odoo's tests, {run}, {part}: log in {log} ...", flush=True)
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


def run_parts(run, tags):
    """The parts side by side."""
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(run_tests, run, part, tags[part]) for part in tags]
        found = [job.result() for job in jobs]
    failed = {name for part in found for name in part["failed"]}
    print(f"{run}: {sum(part['run'] for part in found)} run, {len(failed)} failed")
    return failed


def to_tag(name):
    """The tag that runs one test: of ``odoo.addons.stock.tests.test_x.TestX.test_y``
    or ``setUpClass (odoo.addons.stock.tests.test_x.TestX)``."""
    module, names = re.search(
        r"odoo\.addons\.(\w+)\.tests\.\w+\.([\w.]+)", name
    ).groups()
    return f"/{module}:{names}"


def find_unexplained(run, failed):
    """The tags of failed tests that are not expected to fail."""
    intended = {tag for tags in INTENDED[run].values() for tag in tags}
    return set(map(to_tag, failed)) - intended


def compare(failed):
    """Print the tests that fail only with the addons; return whether there are any.

    :param failed: by run
    """
    unexplained = {run: find_unexplained(run, names) for run, names in failed.items()}
    again = sorted(set().union(*unexplained.values()))
    before = again and run_parts("without", {"failed": ",".join(again)})
    broken = {run: tags - set(map(to_tag, before)) for run, tags in unexplained.items()}
    for run, tags in broken.items():
        if tags:
            print(f"Fail with the addons only, {run}:", *sorted(tags), sep="\n  ")
        else:
            print(f"Nothing fails with the addons only, {run}.")
    return any(broken.values())


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
    parser.add_argument("--run", choices=INTENDED, help="only this run")
    args = parser.parse_args()
    subprocess.run([TOOLS / "setup.sh", "browser"], check=True)

    tags = get_tags(args.half, args.tags)
    runs = [run for run in INTENDED if args.run in (None, run)]
    return compare({run: run_parts(run, tags) for run in runs})


if __name__ == "__main__":
    sys.exit(main())
