# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Opportunities",
    "summary": "Reserve the stock that opportunities are likely to need",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["backorder_atp_credit", "backorder_atp_reservation", "sale_crm"],
    "data": [
        "security/ir.model.access.csv",
        "security/crm_lead_line_rules.xml",
        "views/crm_stage_views.xml",
        "views/crm_lead_views.xml",
        "views/res_config_settings_views.xml",
        "report/crm_lead_allocation_report_views.xml",
        "views/menus.xml",
    ],
    "auto_install": True,
}
