# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Carriers",
    "summary": "Choose the warehouse by delivery method; track shipments",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_sourcing", "stock_delivery"],
    "data": [
        "security/ir.model.access.csv",
        "security/delivery_carrier_warehouse_rules.xml",
        "wizards/stock_delivery_failure_views.xml",
        "views/delivery_carrier_views.xml",
        "views/stock_picking_views.xml",
        "views/sale_order_views.xml",
        "views/menus.xml",
    ],
    "pre_init_hook": "pre_init_hook",
    "auto_install": True,
}
