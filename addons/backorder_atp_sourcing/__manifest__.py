# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Sourcing",
    "summary": "Other warehouses, transfers and substitutes for short products",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_promise_date"],
    "data": [
        "security/ir.model.access.csv",
        "security/product_substitute_rules.xml",
        "wizards/backorder_substitution_views.xml",
        "wizards/backorder_alternatives_views.xml",
        "wizards/backorder_transfer_views.xml",
        "views/sale_order_alternative_views.xml",
        "views/res_config_settings_views.xml",
        "views/product_substitute_views.xml",
        "views/resolving_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["backorder_atp_sourcing/static/src/**/*"],
        "web.assets_tests": ["backorder_atp_sourcing/static/tests/tours/**/*"],
    },
    "pre_init_hook": "pre_init_hook",
}
