# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Reservations",
    "summary": "Stock kept for a customer or a quotation, until it expires",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp"],
    "data": [
        "security/ir.model.access.csv",
        "security/stock_hold_rules.xml",
        "security/stock_hold_salesperson_rules.xml",
        "data/stock_hold_data.xml",
        "wizards/stock_hold_wizard_views.xml",
        "views/stock_hold_views.xml",
        "views/res_config_settings_views.xml",
        "views/stock_hold_menus.xml",
    ],
}
