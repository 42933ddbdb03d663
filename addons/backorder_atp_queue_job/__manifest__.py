# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Job Queue",
    "summary": "Allocate arriving stock on many workers and nodes",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_job", "backorder_atp_run", "queue_job"],
    "data": [
        "data/queue_job.xml",
        "views/backorder_run_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["backorder_atp_queue_job/static/src/**/*"],
    },
    "auto_install": True,
}
