# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Background Jobs",
    "summary": "Fulfil many orders in the background, reconcile orders with their"
    " transfers",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp"],
    "data": [
        "security/ir.model.access.csv",
        "security/backorder_job_rules.xml",
        "data/ir_cron_job.xml",
        "data/ir_cron_reconcile.xml",
        "views/backorder_job_views.xml",
        "views/backorder_reconcile_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["backorder_atp_job/static/src/**/*"],
        "web.assets_tests": ["backorder_atp_job/static/tests/tours/*"],
    },
}
