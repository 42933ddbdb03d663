# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Click & Collect",
    "summary": "Limit carts to the stock of a store or warehouse",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_website_sale", "website_sale_collect"],
    "assets": {
        "web.assets_frontend": [
            "backorder_atp_website_sale_collect/static/src/xml/*.xml",
        ],
    },
    "auto_install": True,
}
