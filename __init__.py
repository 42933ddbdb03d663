# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

# ruff: noqa: E402  # first of all: the other imports fail for the same reason
if __name__ != "odoo.addons.backorder_atp":
    raise ImportError(
        "The folder of this addon must be named backorder_atp. In a clone of another"
        " name, add its subfolders setup and addons to the addons path, not its parent"
        f" folder: {__path__[0]}"
    )

from . import models
from . import report
from . import wizards
from .hooks import post_init_hook, pre_init_hook, uninstall_hook
