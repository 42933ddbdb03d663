#!/usr/bin/env python3
"""Run the tests of OCA addons beside ours, and what fails without ours as well.

The newest addons of OCA for Odoo 19 that work on the same records as ours are installed
from the Python package index into a folder of their own, .odoo/peers, so that no other
database finds them. Their own tests run in a database with ours, and with those of ours
that install themselves with them:

- with the ``defaults`` of our addons, which must not change what theirs do;
- ``enforcing``: in the enforce phase, with backorders allowed, in every company.

What fails is run again in a database without our addons: what fails there, too, does
not count. What differs on purpose is in ``INTENDED``.
"""

import argparse
import email
import re
import shutil
import subprocess
import sys
import zipfile
from itertools import chain

from features import MODULE, find_features, read_dependencies
from shell_tests import (
    ENFORCING,
    TOOLS,
    WITHOUT,
    WORK,
    compare,
    make_database,
    run_tests,
)

# With the root and its features, and with the root alone: the tests of the latter fail
# beside other peers, or beside Purchase, which the features need.
PEERS = {
    "suite": [
        *("product_pack", "sale_automatic_workflow", "sale_exception"),
        *("sale_order_split_strategy", "sale_product_pack", "sale_tier_validation"),
        *("sale_validity_auto_cancel", "stock_available", "stock_delivery_note"),
        *("stock_interwarehouse_transfer", "stock_inventory_discrepancy"),
        *("stock_location_lockdown", "stock_move_location", "stock_no_negative"),
        *("stock_owner_restriction", "stock_picking_backorder_policy"),
        *("stock_picking_batch_extended", "stock_picking_reservation_policy"),
        *("stock_picking_tier_validation", "stock_product_pack"),
        *("stock_quant_manual_assign", "stock_request", "stock_restrict_lot"),
        "stock_split_picking",
    ],
    "root": ["stock_orderpoint_safety_stock", "stock_warehouse_calendar"],
}
# What fails with our addons on purpose: {run: {reason: tags of the tests}}.
INTENDED = {
    "defaults": {},
    ENFORCING: {
        "Goods of another owner are reserved only by transfers that name this owner.": [
            "/stock_owner_restriction:TestStockOwnerRestriction"
            ".test_restrict_reserve_qty",
        ],
    },
}

SERIES = "19.0"
FOLDER = WORK / "peers"
WHEELS = WORK / "cache" / "peers"
# Where Python, and so Odoo, finds what is in the folder.
ENVIRONMENT = {"PYTHONPATH": str(FOLDER)}


def normalize(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def download(requirements):
    """Download wheels without their dependencies: Odoo itself is in no index."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*command, "--dest", WHEELS, *requirements], check=True)


def read_requirements(wheel):
    """Return ``{normalized name: requirement}`` of a wheel, without Odoo."""
    with zipfile.ZipFile(wheel) as archive:
        [path] = [
            name for name in archive.namelist() if name.endswith(".dist-info/METADATA")
        ]
        metadata = email.message_from_bytes(archive.read(path))
    found = {}
    for requirement in metadata.get_all("Requires-Dist", []):
        name = normalize(re.match(r"[\w.-]+", requirement).group())
        if name != "odoo" and "extra ==" not in requirement:
            found[name] = requirement
    return found


def install_peers():
    """Download the addons and what they need, and install them into the folder."""
    shutil.rmtree(WHEELS, ignore_errors=True)  # no older versions
    WHEELS.mkdir(parents=True)
    missing = {
        normalize(f"odoo-addon-{name}"): f"odoo-addon-{name}=={SERIES}.*"
        for name in chain(*PEERS.values())
    }
    known = set()
    while missing:
        download(missing.values())
        known |= missing.keys()
        needed = {}
        for wheel in WHEELS.glob("*.whl"):
            needed |= read_requirements(wheel)
        missing = {
            name: requirement
            for name, requirement in needed.items()
            if name not in known
        }
    shutil.rmtree(FOLDER, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    wheels = sorted(WHEELS.glob("*.whl"))
    subprocess.run([*command, "--target", FOLDER, *wheels], check=True)


def list_modules(run, group):
    """Return what is installed, which brings those of ours for it along.

    Without our addons, what they need is installed all the same.
    """
    dependencies = read_dependencies()
    features = find_features(dependencies) if group == "suite" else []
    own = [MODULE, *features]
    needed = set().union(*(dependencies[name] for name in own)) - dependencies.keys()
    return sorted({*PEERS[group], *needed, *([] if run == WITHOUT else own)})


def run_group(run, group, tags):
    """Run tests of one group of peers in a fresh database."""
    database = f"test_peers_{run}_{group}"
    make_database(database, list_modules(run, group), ENVIRONMENT)
    return run_tests(database, run, PEERS[group], tags, ENVIRONMENT)


def run_peers(run, tags):
    """Return the names of the tests that failed.

    :param tags: by group
    """
    found = [run_group(run, group, own) for group, own in tags.items()]
    failed = {name for part in found for name in part["failed"]}
    print(f"{run}: {sum(part['run'] for part in found)} run, {len(failed)} failed")
    return failed


def group_tags(tags):
    """Return tags of tests by the group of their addon."""
    groups = {name: group for group, names in PEERS.items() for name in names}
    found = {}
    for tag in tags.split(","):
        name = re.match(r"/(\w+)", tag).group(1)
        found.setdefault(groups[name], []).append(tag)
    return {group: ",".join([*own, "-is_tour"]) for group, own in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tags", help="/addon or /addon:Class.test,... not all")
    parser.add_argument("--run", choices=INTENDED, help="only this run")
    parser.add_argument("--keep", action="store_true", help="install no newer addons")
    args = parser.parse_args()
    subprocess.run([TOOLS / "setup.sh", "browser"], check=True)
    if not (args.keep and FOLDER.exists()):
        install_peers()
    tags = args.tags or ",".join(f"/{name}" for name in chain(*PEERS.values()))
    runs = [run for run in INTENDED if args.run in (None, run)]
    return compare(
        {run: run_peers(run, group_tags(tags)) for run in runs},
        INTENDED,
        lambda again: run_peers(WITHOUT, group_tags(again)),
    )


if __name__ == "__main__":
    sys.exit(main())
