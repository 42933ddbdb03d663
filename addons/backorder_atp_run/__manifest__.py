# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Backorder Runs",
    "summary": "Reallocate stock among orders: simulate, compare, commit",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_promise_date"],
    "data": [
        "security/ir.model.access.csv",
        "security/backorder_run_rules.xml",
        "views/backorder_run_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["backorder_atp_run/static/src/**/*"],
    },
    "pre_init_hook": "pre_init_hook",
}
