# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: HTTP API for Order Management",
    "summary": "Reservations, customers, opportunities and shipments over HTTP",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": [
        "backorder_atp_crm",
        "backorder_atp_customer",
        "backorder_atp_delivery",
        "backorder_atp_fastapi",
        "backorder_atp_job",
        "backorder_atp_sourcing",
        "sale_customer_inventory",
    ],
    "auto_install": True,
}
