# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Promised Dates",
    "summary": "Supply and demand by day, and a promised date for each order line",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp"],
    "data": [
        "security/ir.model.access.csv",
        "security/backorder_promise_rules.xml",
        "data/ir_cron_promise.xml",
        "views/product_queue_views.xml",
        "views/sale_order_promise_views.xml",
        "views/sale_order_expected_views.xml",
        "report/sale_order_promise_templates.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["backorder_atp_promise_date/static/src/**/*"],
        "web.assets_tests": ["backorder_atp_promise_date/static/tests/tours/**/*"],
    },
    "pre_init_hook": "pre_init_hook",
}
