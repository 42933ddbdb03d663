# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Alerts",
    "summary": "Alerts by email and activity when more is promised than available",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": [
        "backorder_atp_customer",
        "backorder_atp_job",
        "backorder_atp_purchase",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/backorder_alert_rules.xml",
        "data/ir_cron_alert.xml",
        "data/mail_template_alert.xml",
        "views/res_config_settings_views.xml",
        "views/product_views.xml",
        "views/backorder_alert_views.xml",
        "views/backorder_conservation_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_tests": ["backorder_atp_alert/static/tests/tours/**/*"],
    },
}
