# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Credit",
    "summary": "Check orders against the credit limit of their customer",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp"],
    "data": [
        "wizards/backorder_decision_views.xml",
        "views/sale_order_credit_views.xml",
        "views/credit_limit_views.xml",
    ],
}
