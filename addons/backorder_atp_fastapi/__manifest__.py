# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: HTTP API",
    "summary": "Availability, orders and backorders over HTTP, OpenAPI, webhooks",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_report", "fastapi"],
    "data": [
        "security/ir.model.access.csv",
        "security/backorder_api_rules.xml",
        "data/fastapi_endpoint.xml",
        "data/ir_cron.xml",
        "views/backorder_webhook_delivery_views.xml",
        "views/backorder_webhook_views.xml",
        "views/res_config_settings_views.xml",
        "wizards/res_users_apikeys_description_views.xml",
        "views/menus.xml",
    ],
    "auto_install": True,
}
