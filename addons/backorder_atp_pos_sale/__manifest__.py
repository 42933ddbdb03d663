# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Orders Settled at a Point of Sale",
    "summary": "Count a quotation settled at a Point of Sale only once",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_point_of_sale", "pos_sale"],
    "auto_install": True,
}
