# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Customers",
    "summary": "Messages about backorders, choices in the portal, goodwill discounts",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_sourcing"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_message_rules.xml",
        "data/customer_message_data.xml",
        "views/customer_message_templates.xml",
        "data/mail_template_customer.xml",
        "views/res_config_settings_views.xml",
        "views/sale_portal_templates.xml",
        "wizards/backorder_goodwill_views.xml",
        "views/backorder_customer_message_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_tests": ["backorder_atp_customer/static/tests/tours/**/*"],
    },
}
