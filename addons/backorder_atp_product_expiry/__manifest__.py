# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Expiration Dates",
    "summary": "Leave lots out of what can be promised once they expire",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp", "backorder_atp_promise_date", "product_expiry"],
    "auto_install": ["backorder_atp", "product_expiry"],
}
