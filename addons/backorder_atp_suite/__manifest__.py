# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Suite",
    "summary": "The features that a trading company usually needs, in one click",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": [
        "backorder_atp_alert",
        "backorder_atp_audit",
        "backorder_atp_credit",
        "backorder_atp_customer",
        "backorder_atp_job",
        "backorder_atp_purchase",
        "backorder_atp_report",
        "backorder_atp_reservation",
        "backorder_atp_run",
        "sale_customer_inventory",
    ],
}
