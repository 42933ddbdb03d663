#!/usr/bin/env python3
"""Run Odoo's own tests with the addons, and what fails without them as well.

They run in a database with Odoo's demo data:

- with the ``defaults`` of the addons, which must not change what Odoo does;
- ``enforcing``: in the enforce phase, with backorders allowed, in every company and in
  those that the tests create. What differs then on purpose is in ``INTENDED``.

What fails is run again ``without`` the addons: what fails there, too, does not count.

The tests are in two halves, each in a database of its own, that run side by side.
"""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from features import read_dependencies
from shell_tests import (
    ENFORCING,
    TOOLS,
    WITHOUT,
    compare,
    make_database,
    run_tests,
)

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
    ENFORCING: {
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


def tested_modules():
    """What is installed in every run: what is tested, and what the addons need."""
    own = read_dependencies()
    needed = {name for depends in own.values() for name in depends} - own.keys()
    return sorted(needed.union(*HALVES.values()))


def run_part(run, part, tags):
    """The tests in a fresh database: how many ran, and the names that failed."""
    database = f"test_odoo_{run}_{part}"
    own = [] if run == WITHOUT else sorted(read_dependencies())
    make_database(database, [*tested_modules(), *own])
    return run_tests(database, run, set().union(*HALVES.values()), tags)


def run_parts(run, tags):
    """The parts side by side."""
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(run_part, run, part, tags[part]) for part in tags]
        found = [job.result() for job in jobs]
    failed = {name for part in found for name in part["failed"]}
    print(f"{run}: {sum(part['run'] for part in found)} run, {len(failed)} failed")
    return failed


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
    return compare(
        {run: run_parts(run, tags) for run in runs},
        INTENDED,
        lambda again: run_parts(WITHOUT, {"failed": again}),
    )


if __name__ == "__main__":
    sys.exit(main())
