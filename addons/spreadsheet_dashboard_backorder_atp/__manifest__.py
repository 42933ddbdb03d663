# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Backorders & Available to Promise: Dashboard",
    "summary": "Backorders in the Dashboards app: figures, ages, states, top products",
    "version": "19.0.1.0.0",
    "category": "Productivity/Dashboard",
    "license": "AGPL-3",
    "author": "backorder_atp contributors",
    "depends": ["spreadsheet_dashboard", "backorder_atp_report"],
    "data": ["data/dashboards.xml"],
    "auto_install": True,
}
