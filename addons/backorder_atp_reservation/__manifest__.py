# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Reservations",
    "summary": "Reserve stock for a quotation or a customer until it expires",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp"],
    "data": [
        "security/ir.model.access.csv",
        "security/stock_soft_reservation_rules.xml",
        "security/stock_soft_reservation_salesperson_rules.xml",
        "data/stock_soft_reservation_data.xml",
        "wizards/stock_soft_reservation_wizard_views.xml",
        "views/stock_soft_reservation_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
}
