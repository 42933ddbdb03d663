# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Purchases",
    "summary": "Emergency purchases, expediting, receipts that differ from purchases",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_sourcing", "purchase_stock"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron_purchase.xml",
        "data/mail_activity_type_purchase.xml",
        "wizards/backorder_expedite_views.xml",
        "wizards/backorder_purchase_views.xml",
        "views/res_config_settings_views.xml",
        "views/purchase_order_views.xml",
        "views/resolving_purchase_views.xml",
        "wizards/backorder_uncounted_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["backorder_atp_purchase/static/tests/tours/**/*"],
    },
}
