# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Demonstration",
    "summary": "A wholesaler of bicycle parts with a history, one user for each role",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "AGPL-3",
    "author": "backorder_atp contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/sale-workflow",
    "depends": [
        "backorder_atp_audit",
        "backorder_atp_crm",
        "backorder_atp_delivery",
        "backorder_atp_fastapi",
        "backorder_atp_job",
        "backorder_atp_run",
        "backorder_atp_website_sale_collect",
        "sale_customer_inventory",
        "sale_management",
    ],
    "demo": [
        "demo/backorder_company_demo.xml",
        "demo/backorder_partner_demo.xml",
        "demo/backorder_product_demo.xml",
        "demo/backorder_flow_demo.xml",
        "demo/backorder_resolving_demo.xml",
        "demo/crm_lead_demo.xml",
        "demo/delivery_carrier_demo.xml",
        "demo/backorder_api_demo.xml",
        "demo/shop_demo.xml",
        "demo/shop_collect_demo.xml",
    ],
}
