"""whool for an addon that is the root of its repository.

whool calls the addon what its folder is called, and packs every file that git knows.
Here the folder is a checkout, called anything, and has more addons in a folder of their
own, documentation, benchmarks, journeys and tools beside the addon. So whool is given
a copy of the addon's own files, in a folder with the addon's name.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from whool import buildapi

ADDON = "backorder_atp"
# Parts of the root that do not belong to the addon. Dot files are excluded as well.
NOT_THE_ADDON = {
    "Makefile",
    "benchmarks",
    "addons",
    "build",
    "compose.yaml",
    "dist",
    "docs",
    "eslint.config.cjs",
    "journeys",
    "soak",
    "prettier.config.cjs",
    "pytest.ini",
    "requirements-dev.txt",
    "requirements.txt",
    "setup",
    "tools",
}
# What "pip install odoo-addon-backorder_atp[apps]" brings: the addons for apps of Odoo,
# which install themselves with their app, and for those of OCA.
EXTRAS = {
    "suite": ["backorder_atp_suite"],
    "apps": [
        "backorder_atp_crm",
        "backorder_atp_delivery",
        "backorder_atp_mrp",
        "backorder_atp_mrp_subcontracting",
        "backorder_atp_point_of_sale",
        "backorder_atp_pos_sale",
        "backorder_atp_product_expiry",
        "backorder_atp_product_expiry_sourcing",
        "backorder_atp_repair",
        "backorder_atp_website_sale",
        "backorder_atp_website_sale_collect",
        "backorder_atp_website_sale_mrp",
        "spreadsheet_dashboard_backorder_atp",
    ],
    "fastapi": ["backorder_atp_fastapi", "backorder_atp_fastapi_order_management"],
    "queue-job": ["backorder_atp_queue_job"],
    "sale-exception": ["backorder_atp_sale_exception"],
    "sale-tier-validation": ["backorder_atp_sale_tier_validation"],
}
# OCA's fastapi asks for a version, which Odoo cannot read without this package.
PACKAGES = {"fastapi": "packaging"}
_get_metadata = buildapi._get_metadata


def _get_metadata_with_extras(folder):
    metadata = _get_metadata(folder)
    series = ".".join(metadata["Version"].split(".")[:2])
    for extra, names in EXTRAS.items():
        metadata["Provides-Extra"] = extra
        for name in names:
            addon = f"odoo-addon-{name}=={series}.*"
            metadata["Requires-Dist"] = f"{addon}; extra == '{extra}'"
    for extra, package in PACKAGES.items():
        metadata["Requires-Dist"] = f"{package}; extra == '{extra}'"
    return metadata


buildapi._get_metadata = _get_metadata_with_extras


def _files(root):
    """The files tracked by git; without git, as in a source archive, all files."""
    if not (root / ".git").exists():
        return [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    command = ["git", "ls-files", "-z"]
    output = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE)
    return [Path(os.fsdecode(name)) for name in output.stdout.split(b"\0") if name]


@contextlib.contextmanager
def _addon_alone(*also):
    root = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        addon = Path(folder, ADDON)
        for file in _files(root):
            top = file.parts[0]
            skipped = top in NOT_THE_ADDON or top.startswith(".")
            if str(file) in also or not skipped:
                (addon / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(root / file, addon / file)
        os.chdir(addon)
        try:
            yield
        finally:
            os.chdir(root)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    target = os.path.abspath(metadata_directory)
    with _addon_alone():
        return buildapi.prepare_metadata_for_build_wheel(target, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    target = os.path.abspath(wheel_directory)
    with _addon_alone():
        return buildapi.build_wheel(target, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    target = os.path.abspath(sdist_directory)
    # A source archive is built with this file.
    with _addon_alone("tools/build_backend.py"):
        return buildapi.build_sdist(Path(target), config_settings)
