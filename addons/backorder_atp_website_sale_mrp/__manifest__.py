# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Kits in the Web Shop",
    "summary": "Shoppers see as many kits as their components allow",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": [
        "backorder_atp_mrp",
        "backorder_atp_website_sale",
        "website_sale_mrp",
    ],
    "auto_install": True,
}
