# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Web Shop",
    "summary": "Shoppers see and buy what can be promised",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": [
        "backorder_atp_promise_date",
        "backorder_atp_reservation",
        "website_sale_stock",
    ],
    "data": [
        "views/res_config_settings_views.xml",
        "views/website_sale_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "backorder_atp_website_sale/static/src/xml/*.xml",
        ],
        "web.assets_tests": [
            "backorder_atp_website_sale/static/tests/tours/*.js",
        ],
    },
    "auto_install": True,
}
