# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Tests beside Other Apps",
    "summary": "Tests beside apps that need no addon of their own",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": [
        "backorder_atp_alert",
        "backorder_atp_mrp",
        "backorder_atp_mrp_subcontracting",
        "backorder_atp_pos_sale",
        "backorder_atp_product_expiry",
        "backorder_atp_report",
        "backorder_atp_reservation",
        "backorder_atp_sale_tier_validation",
        "backorder_atp_sourcing",
        "mrp_subcontracting_dropshipping",
        "stock_landed_costs",
        "stock_picking_batch",
    ],
}
