# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Customer Inventory",
    "summary": "Availability and prices for a customer, customer tiers, price updates"
    " in bulk",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_reservation"],
    "data": [
        "security/ir.model.access.csv",
        "wizards/customer_price_update_views.xml",
        "views/customer_inventory_views.xml",
        "views/res_config_settings_tier_views.xml",
    ],
}
